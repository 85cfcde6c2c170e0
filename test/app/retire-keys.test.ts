import { beforeEach, describe, expect, test } from '@jest/globals';
import type { KeyBinding } from '../../lambda/contract/bindings.ts';
import { FAILURE } from '../../lambda/contract/failures.ts';
import { AutomationError } from '../../lambda/domain/failure.ts';
import type { KeyConfiguration } from '../../lambda/domain/key.ts';
import { holdFrom } from '../../lambda/domain/key-hold.ts';
import { KEY_ARN } from './fakes.ts';
import { KeyWatchStand, NEW_ARN, SCHEDULE } from './key-watch-stand.ts';

const RETIRE = { retire: 'delete-configuration' } as const;
const DAY = 24 * 60;

let stand: KeyWatchStand;
beforeEach(() => {
  stand = new KeyWatchStand();
});
const configurations = () => stand.registry.configurations.map(({ id }) => id);
const holds = () => [...stand.heldKeys.records.values()];

describe('the end of a hold', () => {
  test('deletes the configuration, tells that the key may be disabled, and forgets', async () => {
    await stand.hold();
    stand.clock.pass(DAY - 1);
    await stand.watch(SCHEDULE, RETIRE);
    expect(configurations()).toEqual(['old', 'new']);
    stand.clock.pass(1);
    await stand.watch(SCHEDULE, RETIRE);
    expect(configurations()).toEqual(['new']);
    expect(stand.news.take()).toMatchObject([
      {
        type: 'Key may be disabled',
        keyArn: KEY_ARN,
        message: expect.stringMatching(/no use of it since.*old was deleted.*ws-1 \(1\)/s),
      },
    ]);
    expect(holds()).toEqual([]);
    stand.clock.pass(DAY);
    await stand.watch(SCHEDULE, RETIRE);
    expect(stand.types()).toEqual([]);
  });

  test.each([
    ['the binding does not ask for more', {}, { kind: 'unused', trackedSince: 0 }],
    ['the binding was taken out', { ...RETIRE, id: 'another' }, { kind: 'unused', trackedSince: 0 }],
    ['KMS does not know', RETIRE, { kind: 'unknown', reason: 'UnknownOperationException' }],
  ] as const)('only tells where %s', async (_what, change, use) => {
    stand.care.use = use;
    await stand.hold();
    stand.clock.pass(DAY);
    await stand.watch(SCHEDULE, change);
    const [told] = stand.news.take();
    expect(told).toMatchObject({
      type: 'Key may be disabled',
      message: expect.stringContaining('old; it may be deleted'),
    });
    expect(told?.message.includes('is unknown')).toBe(use.kind === 'unknown');
    expect(configurations()).toEqual(['old', 'new']);
  });

  test.each<[string, () => unknown, string]>([
    ['a workspace refers to it', () => stand.workspaces.set('7', { managedServicesKeyId: 'old' }), 'ws-7 (7)'],
    [
      'KMS reports a use since',
      () => {
        stand.care.use = { kind: 'used', at: stand.clock.time - 1, operation: 'Decrypt' };
      },
      '(Decrypt)',
    ],
    [
      'secrets were not written again',
      () => stand.rewrites.owe('1', { rewriteId: 'r', leaving: null }),
      'start a secret sync',
    ],
    [
      'Databricks does not let it go',
      () => {
        stand.registry.delete = () => Promise.reject(new AutomationError(FAILURE.databricksConflict, 'in use'));
      },
      'in use',
    ],
  ])('is put off for a day, and told, while %s', async (_what, arrange, reason) => {
    await stand.hold();
    stand.clock.pass(DAY);
    await arrange();
    await stand.watch(SCHEDULE, RETIRE);
    expect(stand.news.take()).toMatchObject([{ type: 'Key still in use', message: expect.stringContaining(reason) }]);
    expect(configurations()).toContain('old');
    expect(holds()).toMatchObject([holdFrom(stand.clock.time)]);
  });

  describe('of a configuration whose key is bound', () => {
    /** Workspace 1 left it; another one of the same key is in use. */
    const holdOfBoundKey = async (): Promise<void> => {
      const createdAt = stand.clock.time - 60_000;
      const older = { ...stand.registry.configurations[1], id: 'older', keyArn: NEW_ARN, createdAt };
      stand.registry.configurations.push(older as KeyConfiguration);
      await stand.hold({ configurationId: 'older', keyArn: NEW_ARN });
      stand.care.use = { kind: 'used', at: stand.clock.time + 1, operation: 'Decrypt' };
    };
    const rotate = (): void => {
      stand.keys.history = [{ rotatedAt: new Date(stand.clock.time).toISOString() }];
    };

    test('says that the key stays in use, once new material has made the configuration old', async () => {
      await holdOfBoundKey();
      rotate();
      stand.clock.pass(DAY);
      await stand.watch(SCHEDULE, RETIRE);
      expect(stand.news.take()).toMatchObject([
        { type: 'Key configuration retired', message: expect.stringContaining('do not disable it') },
      ]);
      expect(configurations()).toEqual(['old', 'new']);
    });

    test.each<[string, () => void, Partial<KeyBinding>]>([
      ['its material is not newer', () => undefined, RETIRE],
      ['the binding keeps configurations over a rotation', rotate, { ...RETIRE, onMaterialRotation: 'verify' }],
    ])('retires nothing that a rollout may choose again: %s', async (_what, arrange, change) => {
      await holdOfBoundKey();
      arrange();
      stand.clock.pass(DAY);
      await stand.watch(SCHEDULE, change);
      expect(stand.types()).toEqual([]);
      expect(configurations()).toEqual(['old', 'new', 'older']);
      expect(holds()).toEqual([]);
    });
  });

  test('of a key of another account comes as well, though nobody can look at it', async () => {
    const keyArn = KEY_ARN.replace('111122223333', '999999999999');
    await stand.hold({ keyArn });
    stand.care.use = { kind: 'unknown', reason: 'AccessDeniedException' };
    await stand.watch(SCHEDULE);
    expect(stand.types()).toEqual([]);
    stand.clock.pass(DAY);
    await stand.watch(SCHEDULE);
    expect(stand.news.take()).toMatchObject([{ type: 'Key may be disabled', keyArn }]);
  });

  test('is told again if it was not taken, and is not over before', async () => {
    await stand.hold();
    stand.clock.pass(DAY);
    stand.news.refusals = 1;
    await expect(stand.watch(SCHEDULE, RETIRE)).rejects.toMatchObject({ name: FAILURE.keyWatchIncomplete });
    expect(holds()).toHaveLength(1);
    await stand.watch(SCHEDULE, RETIRE);
    expect(stand.types()).toEqual(['Key may be disabled']);
    expect(holds()).toEqual([]);
  });
});

describe('a rollout that broke off between asking and seeing the key in force', () => {
  test('holds nothing where the workspace never left', async () => {
    await stand.hold({ left: false });
    stand.workspaces.set('1', { managedServicesKeyId: 'old' });
    stand.clock.pass(DAY);
    await stand.watch(SCHEDULE, RETIRE);
    expect(holds()).toEqual([]);
    expect(stand.types()).toEqual([]);
    expect(configurations()).toEqual(['old', 'new']);
  });

  test('is given a whole day from when it is found out that the workspace left', async () => {
    await stand.hold({ left: false });
    stand.clock.pass(DAY);
    await stand.watch(SCHEDULE, RETIRE);
    expect(holds()).toMatchObject([{ left: true, ...holdFrom(stand.clock.time) }]);
    expect(configurations()).toEqual(['old', 'new']);
    stand.clock.pass(DAY);
    await stand.watch(SCHEDULE, RETIRE);
    expect(stand.types()).toEqual(['Key may be disabled']);
  });
});

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeEach, describe, expect, test } from '@jest/globals';
import { startKeyRollout } from '../../lambda/app/start-key-rollout.ts';
import type { KeyBinding } from '../../lambda/contract/bindings.ts';
import { FakeExecutions } from './fake-executions.ts';
import { binding, bindings, FakeClock, FakeKeys, FakeRollouts, KEY_ARN } from './fakes.ts';

const MATERIAL = '96083e4fb6dbc41d77578a213a6b6669c044dd4c143e96755396d2bf11fd6068';
const HOME = { partition: 'aws', account: '111122223333', region: 'us-west-2' };
const NAME = 'prod-1234abcd-12ab-34cd-56ef-1234567890ab-m96083e4f-1';
const sample = (name: string): Record<string, unknown> =>
  JSON.parse(readFileSync(join(import.meta.dirname, '..', 'samples', 'aws-events', `kms.${name}.json`), 'utf8'));

const clock = new FakeClock();
let keys: FakeKeys;
let rollouts: FakeRollouts;
const executions = new FakeExecutions(clock.now);
const start = (event: unknown, ...bound: readonly KeyBinding[]) =>
  startKeyRollout(event, { bindings: bindings(...bound), home: HOME, keys, rollouts, executions, clock: clock.now });

beforeEach(() => {
  keys = new FakeKeys();
  keys.key = { ...keys.key, materialId: MATERIAL };
  rollouts = new FakeRollouts();
});

describe('the front door of KMS events', () => {
  test('a rotation starts one rollout, named by binding, key and material', async () => {
    expect(await start(sample('cmk-rotation.automatic'))).toEqual({ started: [NAME], known: [] });
    expect(rollouts.executions.get(NAME)?.request).toMatchObject({
      bindingId: 'prod',
      trigger: { kind: 'material-rotation', keyArn: KEY_ARN, materialId: MATERIAL },
    });
  });

  test('the same rotation in every form, twice and replayed, is one rollout', async () => {
    const forms = [
      'cmk-rotation.automatic',
      'cmk-rotation.on-demand',
      'cmk-rotation.replayed',
      'cmk-rotation.legacy-2022',
      'cloudtrail.RotateKey.automatic',
    ];
    for (const form of [...forms, ...forms]) await start(sample(form));
    expect([...rollouts.executions.keys()]).toEqual([NAME]);
  });

  test('a rollout that failed is started again under the next attempt', async () => {
    await start(sample('cmk-rotation.automatic'));
    rollouts.end(NAME, 'FAILED');
    expect((await start(sample('cmk-rotation.replayed'))).started).toEqual([NAME.replace(/1$/, '2')]);
  });

  test('a rollout that succeeded is not', async () => {
    await start(sample('cmk-rotation.automatic'));
    rollouts.end(NAME, 'SUCCEEDED');
    expect(await start(sample('cmk-rotation.replayed'))).toEqual({ started: [], known: [NAME] });
  });

  test('each binding of the key gets its own rollout', async () => {
    const outcome = await start(sample('cmk-rotation.automatic'), binding(), binding({ id: 'other' }));
    expect(outcome.started).toHaveLength(2);
  });

  test('a key that no binding means is ignored', async () => {
    const outcome = await start(sample('cmk-rotation.multi-region'));
    expect(outcome).toMatchObject({ started: [], ignored: expect.stringContaining('no binding means') });
  });

  test('a moved alias starts the rollout of the key it points to now', async () => {
    const target = {
      ...keys.key,
      arn: KEY_ARN.replace(/key.*/, 'key/0987dcba-09fe-87dc-65ba-ab0987654321'),
      materialId: 'ffff0000',
    };
    keys.aliases.set('alias/databricks/managed-services', target);
    const event = sample('cloudtrail.UpdateAlias');
    const outcome = await start(
      event,
      binding({ key: 'alias/databricks/managed-services' }),
      binding({ id: 'else', key: 'alias/else' }),
    );
    expect(outcome.started).toEqual(['prod-0987dcba-09fe-87dc-65ba-ab0987654321-ttfcsad-1']);
  });

  test('an alias that moves away and back is rolled out each time', async () => {
    const target = { ...keys.key, arn: KEY_ARN.replace(/key.*/, 'key/0987dcba-09fe-87dc-65ba-ab0987654321') };
    keys.aliases.set('alias/databricks/managed-services', target);
    const event = sample('cloudtrail.UpdateAlias');
    const later = { ...event, time: '2026-05-21T00:00:00Z' };
    const bound = binding({ key: 'alias/databricks/managed-services' });
    const first = await start(event, bound);
    rollouts.end(first.started[0] ?? '', 'SUCCEEDED');
    expect((await start(event, bound)).started).toEqual([]);
    expect((await start(later, bound)).started).toHaveLength(1);
  });

  test('a rotation of the key behind a bound alias is found', async () => {
    keys.aliases.set('alias/x', keys.key);
    expect((await start(sample('cmk-rotation.automatic'), binding({ key: 'alias/x' }))).started).toHaveLength(1);
  });

  test('a binding whose alias does not exist does not stop the others', async () => {
    expect(
      (await start(sample('cmk-rotation.automatic'), binding({ id: 'gone', key: 'alias/gone' }), binding())).started,
    ).toEqual([NAME]);
  });

  test('a fresh event that KMS does not show yet is to be delivered again; an old one counts as stale', async () => {
    keys.key = { ...keys.key, materialId: 'older' };
    const event = { ...sample('cmk-rotation.automatic'), time: new Date(clock.time - 1000).toISOString() };
    await expect(start(event)).rejects.toMatchObject({ name: 'RotationNotVisible' });
    clock.pass(5);
    expect((await start(event)).started).toEqual(['prod-1234abcd-12ab-34cd-56ef-1234567890ab-molder-1']);
  });

  test('hostile events start nothing', async () => {
    const event = sample('cmk-rotation.automatic');
    const hostile = [
      { ...event, account: '999999999999' },
      { ...event, resources: [`${KEY_ARN}; rm -rf /`] },
      { ...event, resources: ['arn:aws:kms:us-west-2:111122223333:key/../../x'] },
      { ...event, detail: null, resources: { length: 1 } },
    ];
    for (const one of hostile) expect((await start(one)).started).toEqual([]);
  });
});

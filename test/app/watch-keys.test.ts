import { beforeEach, describe, expect, test } from '@jest/globals';
import { FAILURE } from '../../lambda/contract/failures.ts';
import { AutomationError } from '../../lambda/domain/failure.ts';
import type { KmsKey } from '../../lambda/domain/key.ts';
import { KEY_ARN } from './fakes.ts';
import { HOME, KeyWatchStand, NEW_ARN, SCHEDULE } from './key-watch-stand.ts';

const DELETION = { state: 'PendingDeletion', deletionAt: '2026-05-27T20:00:00.000Z' };

let stand: KeyWatchStand;
beforeEach(() => {
  stand = new KeyWatchStand();
});

const event = (eventName: string, { age = 0 } = {}) => ({
  ...{ id: `event-${eventName}`, source: 'aws.kms', account: HOME.account, region: HOME.region },
  'detail-type': 'AWS API Call via CloudTrail',
  time: new Date(stand.clock.time - age).toISOString(),
  detail: { eventName, userIdentity: { arn: 'arn:aws:iam::111122223333:user/Alice' }, resources: [{ ARN: KEY_ARN }] },
});
const become = (change: Partial<KmsKey>): void => {
  stand.keys.key = { ...stand.keys.key, ...change };
};

describe('an event about a key', () => {
  test('that nobody uses is ignored', async () => {
    become({ state: 'Disabled' });
    expect(await stand.watch(event('DisableKey'))).toMatchObject({
      watched: [],
      ignored: expect.stringContaining(KEY_ARN),
    });
    expect(stand.news.all).toEqual([]);
  });

  test('that is held is told, with who, which workspaces and until when', async () => {
    await stand.hold();
    become(DELETION);
    await stand.watch(event('ScheduleKeyDeletion'));
    expect(stand.news.take()).toMatchObject([
      {
        type: 'Key endangered',
        message: expect.stringMatching(
          /ScheduleKeyDeletion by arn:aws:iam::111122223333:user\/Alice.*Deadline: KMS deletes it at 2026-05-27T20:00:00.000Z.*- ws-1 \(1\) left it and needs it until 2026-05-21T20:00:00.000Z/s,
        ),
      },
    ]);
    expect(stand.care.done).toEqual([]);
  });

  test('that a workspace uses without any binding is told', async () => {
    stand.workspaces.set('7', { managedServicesKeyId: 'old', storageKeyId: 'old' });
    become({ state: 'Disabled' });
    await stand.watch(event('DisableKey'));
    expect(stand.news.take()[0]?.message).toContain('ws-7 (7) uses it for MANAGED_SERVICES and STORAGE');
  });

  test('is only a hint: a key that is right is left alone, after it had half a minute to show', async () => {
    await stand.hold();
    await stand.watch(event('DisableKey'));
    expect(stand.types()).toEqual([]);
    expect(stand.waited).toBe(25_000);
    await stand.watch(event('DisableKey', { age: 3_600_000 }));
    expect(stand.waited).toBe(25_000);
  });

  test('that KMS does not show at once is waited for', async () => {
    await stand.hold();
    const describe = stand.keys.describe.bind(stand.keys);
    let looks = 0;
    stand.keys.describe = async (name) => {
      if (name === KEY_ARN) looks += 1;
      if (looks === 3) become({ state: 'Disabled' });
      return describe(name);
    };
    await stand.watch(event('DisableKey'));
    expect(stand.types()).toEqual(['Key endangered: disabled']);
    expect(stand.waited).toBe(10_000);
  });

  test('is told once an hour, also when many say it at once, and at once after an all-clear', async () => {
    await stand.hold();
    become({ state: 'Disabled' });
    await Promise.all([stand.watch(event('DisableKey')), stand.watch(event('DisableKey')), stand.watch(SCHEDULE)]);
    expect(stand.types()).toEqual(['Key endangered: disabled']);
    stand.clock.pass(59);
    await stand.watch(SCHEDULE);
    expect(stand.types()).toEqual([]);
    stand.clock.pass(1);
    await stand.watch(SCHEDULE);
    expect(stand.types()).toEqual(['Key endangered: disabled']);

    become({ state: 'Enabled' });
    await stand.watch(event('EnableKey'));
    expect(stand.types()).toEqual(['Key safe again']);
    become({ state: 'Disabled' });
    await stand.watch(event('DisableKey'));
    expect(stand.types()).toEqual(['Key endangered: disabled']);
  });

  test('is told by the next attempt if it was not taken', async () => {
    await stand.hold();
    become({ state: 'Disabled' });
    stand.news.refusals = 1;
    await expect(stand.watch(event('DisableKey'))).rejects.toMatchObject({ name: FAILURE.newsNotSent });
    await stand.watch(event('DisableKey'));
    expect(stand.types()).toEqual(['Key endangered: disabled']);
  });
});

describe('a look at every key', () => {
  test('finds what no event told, of bound, used and held keys', async () => {
    await stand.hold();
    become({ state: 'Disabled' });
    stand.keys.policyText = '{"Statement":[]}';
    expect(await stand.watch(SCHEDULE)).toMatchObject({ watched: [NEW_ARN, KEY_ARN] });
    expect(stand.types()).toEqual([
      'Key endangered: policy-incomplete',
      'Key endangered: disabled',
      'Key endangered: policy-incomplete',
    ]);
  });

  test('needs no statement that nobody needs, and one for the roles of cluster volumes', async () => {
    await stand.hold();
    stand.keys.policyText = JSON.stringify({
      Statement: (JSON.parse(stand.keys.policyText) as { readonly Statement: readonly object[] }).Statement.slice(0, 1),
    });
    await stand.watch(SCHEDULE);
    expect(stand.types()).toEqual([]);

    stand.workspaces.set('7', { storageKeyId: 'old', credentialsId: 'cross' });
    stand.registry.configurations = stand.registry.configurations.map((one) => ({
      ...one,
      reuseKeyForClusterVolumes: true,
    }));
    await stand.watch(SCHEDULE);
    expect(stand.news.take()[0]?.message).toContain('role/cross');
  });

  test('tells of keys that are gone or hide, and of an alias without a key', async () => {
    await stand.hold();
    const gone = new AutomationError(FAILURE.keyNotFound, 'gone');
    stand.keys.describe = async (key) =>
      Promise.reject(key === KEY_ARN ? new AutomationError(FAILURE.keyAccessDenied, 'no') : gone);
    await stand.watch(SCHEDULE);
    expect(stand.types().toSorted()).toEqual([
      'Key endangered: alias-missing',
      'Key endangered: gone',
      'Key endangered: hidden',
    ]);
  });

  test('goes on past a key that cannot be looked at, and names it', async () => {
    await stand.hold();
    become({ state: 'Disabled' });
    const describe = stand.keys.describe.bind(stand.keys);
    stand.keys.describe = async (key) => (key === NEW_ARN ? Promise.reject(new Error('broken')) : describe(key));
    await expect(stand.watch(SCHEDULE)).rejects.toMatchObject({
      name: FAILURE.keyWatchIncomplete,
      message: expect.stringContaining(`${NEW_ARN}: Error: broken`),
    });
    expect(stand.types()).toEqual(['Key endangered: disabled']);
  });
});

describe('a deletion where the binding asks for protection', () => {
  const PROTECT = { protect: 'cancel-deletion' } as const;

  test('of a held key is taken back, and told', async () => {
    await stand.hold();
    become(DELETION);
    await stand.watch(event('ScheduleKeyDeletion'), PROTECT);
    expect(stand.care.done).toEqual([`cancel ${KEY_ARN}`, `enable ${KEY_ARN}`]);
    expect(stand.news.take()).toMatchObject([
      {
        subject: expect.stringMatching(/taken back/),
        message: expect.stringContaining('cancelled and the key enabled again'),
      },
    ]);
    await stand.watch(event('EnableKey'), PROTECT);
    expect(stand.types()).toEqual(['Key safe again']);
  });

  test('is taken back to the end if it was interrupted', async () => {
    await stand.hold();
    become(DELETION);
    stand.care.fails = { at: 'enable', error: new Error('the process ended') };
    await expect(stand.watch(event('ScheduleKeyDeletion'), PROTECT)).rejects.toThrow('the process ended');
    expect(stand.keys.key.state).toBe('Disabled');
    await stand.watch(event('CancelKeyDeletion'), PROTECT);
    expect(stand.keys.key.state).toBe('Enabled');
    expect(stand.types()).toEqual([]);
  });

  test('that is reported twice at once is taken back by whoever comes first, and told as such', async () => {
    await stand.hold();
    become(DELETION);
    const cancel = stand.care.cancelDeletion.bind(stand.care);
    stand.care.cancelDeletion = async (arn) => {
      const pending = stand.keys.key.state === 'PendingDeletion';
      if (!pending) throw new AutomationError(FAILURE.keyNotRestored, 'KMSInvalidStateException');
      await cancel(arn);
    };
    await Promise.all([
      stand.watch(event('ScheduleKeyDeletion'), PROTECT),
      stand.watch(event('ScheduleKeyDeletion'), PROTECT),
    ]);
    expect(stand.keys.key.state).toBe('Enabled');
    expect(stand.news.take().map(({ subject }) => subject)).toEqual([expect.stringMatching(/taken back/)]);
  });

  test('that KMS does not let us take back says why, and what to do', async () => {
    await stand.hold();
    become(DELETION);
    stand.care.fails = {
      at: 'cancel',
      error: new AutomationError(FAILURE.keyNotRestored, 'AccessDeniedException: tag it'),
    };
    await stand.watch(event('ScheduleKeyDeletion'), PROTECT);
    const [alert] = stand.news.take();
    expect(alert?.subject).toMatch(/^URGENT/);
    expect(alert?.message).toMatch(
      /could not be taken back: AccessDeniedException: tag it.*aws kms cancel-key-deletion/s,
    );
  });

  test('a key that somebody only disabled stays disabled: that may be meant', async () => {
    await stand.hold();
    become({ state: 'Disabled' });
    await stand.watch(event('DisableKey'), PROTECT);
    expect(stand.care.done).toEqual([]);
    expect(stand.types()).toEqual(['Key endangered: disabled']);
  });

  test('of a key that is neither bound nor held is only told', async () => {
    stand.workspaces.set('7', { managedServicesKeyId: 'old' });
    become(DELETION);
    await stand.watch(event('ScheduleKeyDeletion'), PROTECT);
    expect(stand.care.done).toEqual([]);
    expect(stand.types()).toEqual(['Key endangered: deletion-scheduled']);
  });
});

import { beforeEach, describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { type SyncScopePorts, syncScope } from '../../lambda/app/sync-scope.ts';
import { FAILURE } from '../../lambda/contract/failures.ts';
import type { SecretBinding } from '../../lambda/contract/secret-bindings.ts';
import type { SyncScopeInput } from '../../lambda/contract/secret-sync.ts';
import { AutomationError } from '../../lambda/domain/failure.ts';
import { bindings, FakeClock, FakeLeases } from './fakes.ts';
import {
  arnOf,
  CREDENTIAL_SECRET,
  FakeBudget,
  FakeLedger,
  FakeRecords,
  FakeScopes,
  FakeSource,
  OWN,
  scopeInput,
  secretBinding,
} from './secret-fakes.ts';

class Stand {
  readonly clock = new FakeClock();
  readonly source = new FakeSource();
  readonly scopes = new FakeScopes();
  readonly ledger = new FakeLedger();
  readonly records = new FakeRecords();
  readonly pruneBudget = new FakeBudget();
  readonly leases = new FakeLeases(this.clock.now);
  readonly bindings: SecretBinding[];
  timeLeft = 500_000;
  #syncs = 0;

  constructor(...list: readonly SecretBinding[]) {
    this.bindings = list.length > 0 ? [...list] : [secretBinding()];
  }

  sync(change: Partial<SyncScopeInput> = {}) {
    this.#syncs += 1;
    const before = this.scopes.calls.length;
    const ports: SyncScopePorts = {
      ...this,
      bindings: { ...bindings(), secretBindings: this.bindings, credentialSecret: CREDENTIAL_SECRET },
      calls: () => this.scopes.calls.length - before,
      clock: this.clock.now,
      pause: async (ms) => {
        this.clock.time += ms;
      },
      random: () => 0.5,
      timeLeft: () => this.timeLeft,
    };
    const bindingIds = this.bindings.map(({ id }) => id);
    return syncScope(scopeInput({ bindingIds, syncId: `sync-${this.#syncs}`, ...change }), ports);
  }
}

let stand: Stand;
beforeEach(() => {
  stand = new Stand();
});
const statuses = async (run: ReturnType<Stand['sync']>) =>
  (await run).result.secrets.map(
    ({ key, status, failure }) => `${status} ${key}${failure === undefined ? '' : ` ${failure}`}`,
  );

describe('values', () => {
  test('are written once, and an unchanged scope costs three calls and reads no value', async () => {
    for (let one = 0; one < 50; one += 1) stand.source.put(`app/key-${one}`, `value-${one}`);
    const first = await stand.sync();
    expect(first).toMatchObject({ done: true, result: { created: true, counts: { SYNCED: 50, FAILED: 0 } } });
    expect(stand.scopes.values('app')).toMatchObject({ 'key-0': 'value-0', 'key-49': 'value-49' });
    stand.scopes.calls.length = 0;
    stand.source.reads = 0;
    const second = await stand.sync();
    expect(stand.scopes.calls.toSorted()).toEqual(['access app', 'keys app', 'list']);
    expect(second.result).toMatchObject({ calls: 3, counts: { UNCHANGED: 50, SYNCED: 0 } });
    expect(stand.source.reads).toBe(0);
  });

  test('of one changed secret cost one put and one list', async () => {
    stand.source.put('app/a', 'one');
    stand.source.put('app/b', 'other');
    await stand.sync();
    stand.source.put('app/a', 'two');
    stand.scopes.calls.length = 0;
    await stand.sync({ secrets: [arnOf('app/a')] });
    expect(stand.scopes.calls).toEqual(['put a', 'keys app']);
    expect(stand.scopes.values('app')).toEqual({ a: 'two', b: 'other' });
    stand.scopes.calls.length = 0;
    await stand.sync({ secrets: [arnOf('app/a')] });
    expect(stand.scopes.calls).toEqual([]);
  });

  test('of a new secret are written by its own event into a scope that stands or not', async () => {
    stand.source.put('app/a', 'one');
    await stand.sync({ secrets: [arnOf('app/a')] });
    stand.source.freezeList();
    stand.source.put('app/b', 'two');
    await stand.sync({ secrets: [arnOf('app/b')] });
    expect(stand.scopes.values('app')).toEqual({ a: 'one', b: 'two' });
  });

  test('are the current ones, also if the secret changes while it is synced', async () => {
    stand.source.put('app/a', 'one');
    stand.source.beforeRead = () => {
      stand.source.beforeRead = () => undefined;
      stand.source.put('app/a', 'two');
    };
    await stand.sync();
    expect(stand.scopes.values('app')).toEqual({ a: 'two' });
    expect((await stand.sync()).result.counts).toMatchObject({ UNCHANGED: 1, SYNCED: 0 });
  });

  test('that cannot be read, are refused or too large fail alone', async () => {
    for (const name of ['good', 'unreadable', 'refused', 'large']) stand.source.put(`app/${name}`, 'value');
    stand.source.put('app/large', 'x'.repeat(128 * 1024 + 1));
    stand.source.put('app/exact', 'x'.repeat(128 * 1024));
    stand.source.put('app/no+name', 'value');
    stand.source.put('app/empty', undefined);
    stand.source.unreadable.add('app/unreadable');
    stand.scopes.refusedKeys.add('refused');
    expect((await statuses(stand.sync())).toSorted()).toEqual([
      'FAILED  SecretKeyInvalid',
      'FAILED large SecretTooLarge',
      'FAILED refused SecretRefused',
      'FAILED unreadable SecretUnreadable',
      'SKIPPED ',
      'SYNCED exact',
      'SYNCED good',
    ]);
    expect(Object.keys(stand.scopes.values('app')).toSorted()).toEqual(['exact', 'good']);
  });

  test('of the credentials of this product are never synced', async () => {
    stand = new Stand(
      secretBinding({
        select: {
          kind: 'scopes',
          scopes: ['app'],
          include: [{ by: 'name-prefix', prefix: 'databricks/' }],
          exclude: [],
        },
      }),
    );
    stand.source.put(CREDENTIAL_SECRET, 'never');
    stand.source.put('databricks/other', 'value');
    await stand.sync();
    await stand.sync({ secrets: [arnOf(CREDENTIAL_SECRET)] });
    expect(stand.scopes.values('app')).toEqual({ other: 'value' });
  });

  test('are written again once for each new encryption key, also after an interruption', async () => {
    for (let one = 0; one < 30; one += 1) stand.source.put(`app/${one}`, 'value');
    await stand.sync();
    stand.scopes.calls.length = 0;
    stand.scopes.failAtPut = { put: 41, error: new AutomationError(FAILURE.databricksUnreachable, 'no way') };
    await expect(stand.sync({ rewriteId: 'rollout-1' })).rejects.toThrow('no way');
    stand.scopes.failAtPut = undefined;
    await stand.sync({ rewriteId: 'rollout-1' });
    const puts = stand.scopes.calls.filter((call) => call.startsWith('put '));
    expect(new Set(puts).size).toBe(30);
    expect(puts.length).toBeLessThan(30 + 16 + 1);
    stand.scopes.calls.length = 0;
    expect((await stand.sync({ rewriteId: 'rollout-1' })).result.rewritten).toBe(0);
    expect(stand.scopes.writes()).toEqual([]);
  });
});

describe('a JSON secret', () => {
  const spread = (change: Partial<SecretBinding> = {}) =>
    secretBinding({ json: 'spread', keyTemplate: '{basename}_{jsonKey}', ...change });

  test('is spread over keys, with every digit of its numbers, and read again only when it changed', async () => {
    stand = new Stand(spread());
    stand.source.put(
      'app/db',
      '{"user":"u","port":12345678901234567890,"tls":true,"nothing":null,"more":{"a":[1.10]}}',
    );
    await stand.sync();
    expect(stand.scopes.values('app')).toEqual({
      db_user: 'u',
      db_port: '12345678901234567890',
      db_tls: 'true',
      db_more: '{"a":[1.10]}',
    });
    stand.source.reads = 0;
    await stand.sync();
    expect(stand.source.reads).toBe(0);
  });

  test('that loses a member loses its key', async () => {
    stand = new Stand(spread());
    stand.source.put('app/db', '{"user":"u","old":"o"}');
    await stand.sync();
    stand.source.put('app/db', '{"user":"v"}');
    const { result } = await stand.sync({ secrets: [arnOf('app/db')] });
    expect(result.counts).toMatchObject({ SYNCED: 1, PRUNED: 1 });
    expect(stand.scopes.values('app')).toEqual({ db_user: 'v' });
  });

  test.each([
    ['text', 'canary-value'],
    ['a list', '["canary-value"]'],
    ['broken', '{"canary-value":'],
    ['nested beyond measure', `{"a":${'['.repeat(30_000)}${']'.repeat(30_000)}}`],
    ['names that are none', '{"canary value!":"x"}'],
  ])('that is %s fails alone, without a word of its value', async (_what, value) => {
    stand = new Stand(spread());
    stand.source.put('app/bad', value);
    stand.source.put('app/good', '{"a":"b"}');
    const { result } = await stand.sync();
    expect(result.counts).toMatchObject({ FAILED: 1, SYNCED: 1 });
    expect(
      JSON.stringify([result, stand.records.noted, await stand.ledger.read({ workspaceId: '1', scope: 'app' })]),
    ).not.toContain('canary');
  });
});

describe('names', () => {
  test('that fall on one key, also by case, are refused, and the others go on', async () => {
    stand.source.put('app/x/Pass', 'one');
    stand.source.put('app/y/pass', 'two');
    stand.source.put('app/other', 'three');
    expect((await statuses(stand.sync())).toSorted()).toEqual([
      'FAILED Pass SecretKeyCollision',
      'FAILED pass SecretKeyCollision',
      'SYNCED other',
    ]);
  });

  test('a newcomer never takes the key of a secret that stands there', async () => {
    stand.source.put('app/x/pass', 'one');
    await stand.sync();
    stand.source.put('app/y/PASS', 'two');
    expect(await statuses(stand.sync({ secrets: [arnOf('app/y/PASS')] }))).toEqual(['FAILED PASS SecretKeyCollision']);
    stand.source.put('app/x/pass', 'three');
    expect(await statuses(stand.sync())).toEqual(['FAILED PASS SecretKeyCollision', 'SYNCED pass']);
    expect(stand.scopes.values('app')).toEqual({ pass: 'three' });
  });

  test('two bindings on one scope share it and do not fight', async () => {
    const other = {
      kind: 'scopes',
      scopes: ['APP'],
      include: [{ by: 'name-prefix', prefix: 'b/' }],
      exclude: [],
    } as const;
    stand = new Stand(secretBinding(), secretBinding({ id: 'b', select: other, prune: 'off' }));
    stand.source.put('app/a', 'one');
    stand.source.put('b/b', 'two');
    await stand.sync();
    expect(stand.scopes.values('app')).toEqual({ a: 'one', b: 'two' });
    stand.scopes.calls.length = 0;
    await stand.sync();
    expect(stand.scopes.writes()).toEqual([]);
  });
});

describe('the scope', () => {
  test.each([
    [0, 1_000, 0],
    [0, 1_001, 1],
    [999, 2, 1],
    [1_000, 1, 1],
  ])(
    'with %i foreign keys and %i wanted ones refuses %i, and those that stand are updated',
    async (foreign, wanted, refused) => {
      stand.scopes.make('app');
      for (let one = 0; one < foreign; one += 1) stand.scopes.edit('app', `foreign-${one}`, 'f');
      for (let one = 0; one < wanted; one += 1) stand.source.put(`app/k${one}`, 'v');
      const { result } = await stand.sync();
      expect(result.counts).toMatchObject({ SYNCED: wanted - refused, FAILED: refused });
      expect(result.secrets.filter(({ failure }) => failure === FAILURE.scopeIsFull)).toHaveLength(refused);
    },
  );

  test('that was deleted by hand is made again, also on the path of one event', async () => {
    stand.source.put('app/a', 'one');
    await stand.sync();
    stand.scopes.scopes.clear();
    await stand.sync();
    expect(stand.scopes.values('app')).toEqual({ a: 'one' });
    stand.scopes.scopes.clear();
    stand.source.put('app/a', 'two');
    await stand.sync({ secrets: [arnOf('app/a')] });
    expect(stand.scopes.values('app')).toEqual({ a: 'two' });
  });

  test('of a key vault is refused before anything is written', async () => {
    stand.scopes.make('app', 'AZURE_KEYVAULT');
    stand.source.put('app/a', 'one');
    await expect(stand.sync()).rejects.toMatchObject({ name: FAILURE.scopeIsReadOnly });
    expect(stand.scopes.writes()).toEqual([]);
    expect(stand.records.noted.at(-1)?.failure?.name).toBe(FAILURE.scopeIsReadOnly);
  });

  test('is not made where the workspace has a thousand', async () => {
    for (let one = 0; one < 1_000; one += 1) stand.scopes.make(`s${one}`);
    stand.source.put('app/a', 'one');
    await expect(stand.sync()).rejects.toMatchObject({ name: FAILURE.scopeLimitReached });
    stand.scopes.scopes.delete('s0');
    expect((await stand.sync()).result.created).toBe(true);
  });

  test('is worked on by one sync at a time, and is free again afterwards', async () => {
    await stand.leases.take('secret-scope/1/app', 'somebody', stand.clock.time + 60_000);
    await expect(stand.sync()).rejects.toMatchObject({ name: FAILURE.scopeBusy });
    stand.clock.pass(2);
    await stand.sync();
    expect(stand.leases.held.size).toBe(0);
  });

  test('is only told of in a dry run', async () => {
    stand.source.put('app/a', 'one');
    const { result } = await stand.sync({ dryRun: true });
    expect(result).toMatchObject({ counts: { SYNCED: 1 }, created: true });
    expect([stand.scopes.writes(), stand.records.noted, stand.source.reads]).toEqual([[], [], 0]);
  });

  test('loses nothing with a lost ledger: a sync rebuilds it', async () => {
    stand.source.put('app/a', 'one');
    await stand.sync();
    stand.ledger.lose();
    expect((await stand.sync()).result.counts).toMatchObject({ SYNCED: 1 });
    stand.scopes.calls.length = 0;
    await stand.sync();
    expect(stand.scopes.writes()).toEqual([]);
  });
});

describe('an edit in Databricks', () => {
  test.each(['edited', 'deleted'])('that %s a key is repaired', async (what) => {
    stand.source.put('app/a', 'one');
    await stand.sync();
    if (what === 'edited') stand.scopes.edit('app', 'a', 'by hand');
    else await stand.scopes.deleteKey('app', 'a');
    const { result } = await stand.sync();
    expect(result.secrets).toMatchObject([{ status: 'SYNCED', reason: `was ${what} in Databricks` }]);
    expect(stand.scopes.values('app')).toEqual({ a: 'one' });
  });

  test('is only reported where the binding says so, until AWS has a newer value', async () => {
    stand = new Stand(secretBinding({ drift: 'report' }));
    stand.source.put('app/a', 'one');
    await stand.sync();
    stand.scopes.edit('app', 'a', 'by hand');
    expect(await statuses(stand.sync())).toEqual(['DRIFTED a']);
    expect(stand.scopes.values('app')).toEqual({ a: 'by hand' });
    stand.source.put('app/a', 'two');
    await stand.sync();
    expect(stand.scopes.values('app')).toEqual({ a: 'two' });
  });
});

describe('pruning', () => {
  const remove = (name: string) => stand.source.secrets.delete(name);

  test('deletes what we wrote when its secret is gone, and never a foreign key', async () => {
    stand.source.put('app/a', 'one');
    stand.source.put('app/b', 'two');
    await stand.sync();
    stand.scopes.edit('app', 'foreign', 'f');
    remove('app/a');
    expect(await statuses(stand.sync())).toEqual(['PRUNED a']);
    expect(stand.scopes.values('app')).toEqual({ b: 'two', foreign: 'f' });
  });

  test('is off where the binding says so', async () => {
    stand = new Stand(secretBinding({ prune: 'off' }));
    stand.source.put('app/a', 'one');
    await stand.sync();
    remove('app/a');
    expect(await statuses(stand.sync())).toEqual(['SKIPPED a']);
    expect(stand.scopes.values('app')).toEqual({ a: 'one' });
  });

  test('believes the secret and not the list', async () => {
    stand.source.freezeList();
    stand.source.put('app/a', 'one');
    await stand.sync({ secrets: [arnOf('app/a')] });
    expect(await statuses(stand.sync())).toEqual(['SKIPPED a']);
    stand.source.thawList();
    expect((await stand.sync()).result.counts).toMatchObject({ UNCHANGED: 1 });
  });

  test('leaves alone what AWS does not show to us', async () => {
    stand.source.put('app/a', 'one');
    await stand.sync();
    stand.source.hidden.add('app/a');
    expect(await statuses(stand.sync({ secrets: [arnOf('app/a')] }))).toEqual(['SKIPPED a']);
    expect(stand.scopes.values('app')).toEqual({ a: 'one' });
  });

  test('waits until a secret that is scheduled for deletion is gone', async () => {
    stand.source.put('app/a', 'one');
    await stand.sync();
    stand.source.change('app/a', (secret) => {
      secret.deletionScheduled = true;
    });
    stand.clock.pass(60 * 24 * 29);
    expect(await statuses(stand.sync())).toEqual(['SKIPPED a']);
    remove('app/a');
    expect(await statuses(stand.sync())).toEqual(['PRUNED a']);
  });

  test('waits for the grace of the binding, which ends when the secret is restored', async () => {
    stand = new Stand(secretBinding({ deletionGraceHours: 2 }));
    stand.source.put('app/a', 'one');
    await stand.sync();
    const schedule = (deletionScheduled: boolean) =>
      stand.source.change('app/a', (secret) => {
        secret.deletionScheduled = deletionScheduled;
      });
    schedule(true);
    expect(await statuses(stand.sync())).toEqual(['SKIPPED a']);
    stand.clock.pass(119);
    expect(await statuses(stand.sync())).toEqual(['SKIPPED a']);
    schedule(false);
    expect((await stand.sync()).result.counts).toMatchObject({ UNCHANGED: 1 });
    schedule(true);
    stand.clock.pass(200);
    expect(await statuses(stand.sync())).toEqual(['SKIPPED a']);
    stand.clock.pass(120);
    expect(await statuses(stand.sync())).toEqual(['PRUNED a']);
  });

  test.each([
    [3, 3, 'PRUNED'],
    [4, 3, 'FAILED'],
  ] as const)('of %i keys with a limit of %i ends %s for all of them', async (gone, pruneLimit, status) => {
    stand = new Stand(secretBinding({ pruneLimit }));
    for (let one = 0; one < 6; one += 1) stand.source.put(`app/${one}`, 'v');
    await stand.sync();
    for (let one = 0; one < gone; one += 1) remove(`app/${one}`);
    const { result } = await stand.sync();
    expect(result.secrets.map((secret) => secret.status)).toEqual(Array(gone).fill(status));
    expect(Object.keys(stand.scopes.values('app'))).toHaveLength(status === 'PRUNED' ? 6 - gone : 6);
    if (status === 'FAILED') await stand.sync({ confirmDeletes: gone });
    expect(Object.keys(stand.scopes.values('app'))).toHaveLength(6 - gone);
  });
});

describe('access', () => {
  const access = [
    { principal: 'data-scientists', permission: 'READ' },
    { principal: 'ops@example.com', permission: 'WRITE' },
  ] as const;
  const rules = () =>
    [...(stand.scopes.scopes.get('app')?.access.values() ?? [])].map((rule) => `${rule.principal} ${rule.permission}`);

  test('is granted one at a time, read back, and taken back when nobody wants it any more', async () => {
    stand = new Stand(secretBinding({ access }));
    stand.source.put('app/a', 'one');
    await stand.sync();
    expect(rules()).toEqual([`${OWN} MANAGE`, 'data-scientists READ', 'ops@example.com WRITE']);
    stand.bindings[0] = secretBinding({ access: access.slice(1) });
    const { result } = await stand.sync();
    expect(result.access).toMatchObject({ removed: ['data-scientists'] });
    expect(rules()).toEqual([`${OWN} MANAGE`, 'ops@example.com WRITE']);
  });

  test('first sync of N secrets for P principals takes N + P + 5 calls', async () => {
    stand = new Stand(secretBinding({ access }));
    for (let one = 0; one < 30; one += 1) stand.source.put(`app/${one}`, 'v');
    const { result } = await stand.sync();
    expect(result.calls).toBe(30 + 2 + 5);
  });

  test('that Databricks loses is granted again, and fails if it never shows', async () => {
    stand = new Stand(secretBinding({ access }));
    stand.source.put('app/a', 'one');
    stand.scopes.losesAccess = 3;
    expect((await stand.sync()).result.access).toMatchObject({ failures: [] });
    expect(rules()).toHaveLength(3);
    stand.bindings[0] = secretBinding({ access: [{ principal: 'new', permission: 'READ' }] });
    stand.scopes.losesAccess = 1_000;
    const { failures } = (await stand.sync()).result.access;
    expect(failures.map(({ principal, failure }) => `${principal} ${failure.name}`).toSorted()).toEqual([
      'data-scientists AccessNotInForce',
      'new AccessNotInForce',
      'ops@example.com AccessNotInForce',
    ]);
  });

  test('of a principal that is refused fails alone', async () => {
    stand = new Stand(secretBinding({ access }));
    stand.source.put('app/a', 'one');
    stand.scopes.refusedPrincipals.add('data-scientists');
    const { result } = await stand.sync();
    expect(result.access.failures).toMatchObject([
      { principal: 'data-scientists', failure: { name: 'AccessRuleRefused' } },
    ]);
    expect(rules()).toEqual([`${OWN} MANAGE`, 'ops@example.com WRITE']);
    expect(result.counts.SYNCED).toBe(1);
  });

  test('that others granted stays, or goes where the binding says so, but never our own', async () => {
    stand.source.put('app/a', 'one');
    const scope = stand.scopes.make('app');
    scope.access.set('users', { principal: 'users', permission: 'MANAGE' });
    expect((await stand.sync()).result.access.others).toEqual(['users MANAGE']);
    stand.bindings[0] = secretBinding({ otherAccess: 'remove' });
    scope.access.delete(OWN);
    await stand.sync();
    expect(rules()).toEqual([`${OWN} MANAGE`]);
    expect(stand.scopes.calls.indexOf(`grant ${OWN} MANAGE`)).toBeLessThan(stand.scopes.calls.indexOf('revoke users'));
  });
});

describe('a server that is busy', () => {
  test('is asked more slowly and gets everything in the end', async () => {
    for (let one = 0; one < 200; one += 1) stand.source.put(`app/${one}`, 'v');
    stand.scopes.throttles = 120;
    stand.scopes.retryAfterMs = 3_000;
    const began = stand.clock.time;
    expect((await stand.sync()).result.counts).toMatchObject({ SYNCED: 200, FAILED: 0 });
    expect(stand.clock.time - began).toBeGreaterThan(3_000);
  });

  test('that takes longer than the step has is gone on with by its next run', async () => {
    for (let one = 0; one < 50; one += 1) stand.source.put(`app/${one}`, 'v');
    let reads = 0;
    stand.source.beforeRead = () => {
      reads += 1;
      if (reads === 2) stand.timeLeft = 10_000;
    };
    const first = await stand.sync();
    expect(first.done).toBe(false);
    stand.timeLeft = 500_000;
    const second = await stand.sync({ earlier: first.result });
    expect(second).toMatchObject({ done: true, result: { counts: { SYNCED: 50, UNCHANGED: 0 } } });
  });

  test('that takes nothing at all fails the step, so that the state machine waits', async () => {
    stand.source.put('app/a', 'one');
    stand.timeLeft = 10_000;
    await expect(stand.sync()).rejects.toMatchObject({ name: FAILURE.databricksThrottled });
  });
});

interface Step {
  readonly do: 'put' | 'edit' | 'remove' | 'delete' | 'event' | 'crash' | 'drop-scope' | 'lose-ledger' | 'sync';
  readonly name: string;
  readonly value: string;
  /** The put that a crash comes before. */
  readonly at: number;
}

const hasScope = (): boolean => stand.scopes.scopes.size > 0;
const standing = (): Readonly<Record<string, string>> => (hasScope() ? stand.scopes.values('app') : {});

/** A sync whose put of this number is the last thing it does. */
async function crash(at: number): Promise<void> {
  const put = stand.scopes.put.bind(stand.scopes);
  let puts = 0;
  stand.scopes.put = async (...words) => {
    puts += 1;
    if (puts === at) throw new AutomationError(FAILURE.databricksUnreachable, 'crash');
    await put(...words);
  };
  await stand.sync().catch(() => undefined);
  stand.scopes.put = put;
}

const DO: Readonly<Record<Step['do'], (step: Step) => unknown>> = {
  put: ({ name, value }) => stand.source.put(`app/${name}`, value),
  remove: ({ name }) => stand.source.secrets.delete(`app/${name}`),
  edit: ({ name, value }) => hasScope() && stand.scopes.edit('app', name.replaceAll('/', '-'), value),
  delete: async ({ name }) => hasScope() && stand.scopes.deleteKey('app', name),
  event: ({ name }) => stand.sync({ secrets: [arnOf(`app/${name}`)] }),
  crash: ({ at }) => crash(at),
  'drop-scope': () => stand.scopes.scopes.clear(),
  'lose-ledger': () => stand.ledger.lose(),
  sync: () => stand.sync(),
};

const lower = (text: string): string => text.toLowerCase();
const ownedKeys = async (): Promise<ReadonlySet<string>> => {
  const { entries } = await stand.ledger.read({ workspaceId: '1', scope: 'app' });
  return new Set(entries.map(({ key }) => lower(key)));
};

describe('whatever AWS, the ledger and the scope hold', () => {
  const step: fc.Arbitrary<Step> = fc.record({
    do: fc.constantFrom(...(Object.keys(DO) as Step['do'][])),
    name: fc.constantFrom('a', 'b', 'c', 'd', 'A', 'x/a', 'x/b', 'e e'),
    value: fc.constantFrom('1', '2', '{"k":"v"}'),
    at: fc.integer({ min: 1, max: 6 }),
  });

  test('one sync makes it as wanted, the next writes nothing, and foreign keys stay', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 25 }), async (steps) => {
        stand = new Stand(secretBinding({ pruneLimit: 100 }));
        stand.scopes.make('app');
        stand.scopes.edit('app', 'foreign', 'f');
        for (const one of steps) await DO[one.do](one);

        const before = standing();
        const owned = await ownedKeys();
        await stand.sync();
        stand.scopes.calls.length = 0;
        await stand.sync();
        expect(stand.scopes.writes()).toEqual([]);

        const named = [...stand.source.secrets.values()].filter((secret) => !secret.name.includes(' '));
        const wanted = Map.groupBy(named, (secret) => lower(secret.name.slice(secret.name.lastIndexOf('/') + 1)));
        const after = new Map(Object.entries(standing()).map(([key, held]) => [lower(key), held]));
        const foreign = Object.entries(before).filter(([key]) => !owned.has(lower(key)) && !wanted.has(lower(key)));
        expect(foreign.map(([key]) => after.get(lower(key)))).toEqual(foreign.map(([, held]) => held));
        const alone = [...wanted].flatMap(([key, [only, ...others]]) =>
          others.length === 0 ? [[key, only?.value]] : [],
        );
        expect(alone.map(([key]) => [key, after.get(String(key))])).toEqual(alone);
        expect([...owned].filter((key) => !wanted.has(key) && after.has(key))).toEqual([]);
      }),
      { numRuns: 500 },
    );
  });
});

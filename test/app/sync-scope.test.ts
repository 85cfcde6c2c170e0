import { beforeEach, describe, expect, test } from '@jest/globals';
import { FAILURE } from '../../lambda/contract/failures.ts';
import type { SecretBinding } from '../../lambda/contract/secret-bindings.ts';
import { AutomationError } from '../../lambda/domain/failure.ts';
import { Stand, statuses } from './scope-stand.ts';
import { arnOf, CREDENTIAL_SECRET, secretBinding } from './secret-fakes.ts';

let stand: Stand;
beforeEach(() => {
  stand = new Stand();
});

describe('a destination that no plan made', () => {
  test.each([
    ['a workspace beyond the binding', { workspaceId: '2', deploymentName: 'dbc-2' }],
    ['another host for a workspace', { deploymentName: 'evil' }],
    ['a scope beyond the binding', { scope: 'finance' }],
    ['a binding that there is not', { bindingIds: ['__proto__'] }],
    ['no binding', { bindingIds: [] }],
  ])('is refused before anything is read or sent: %s', async (_what, change) => {
    stand.source.put('app/a', 'one');
    for (const dryRun of [true, false]) {
      await expect(stand.sync({ ...change, dryRun })).rejects.toMatchObject({ name: FAILURE.inputInvalid });
    }
    expect([stand.source.reads, stand.scopes.calls]).toEqual([0, []]);
  });
});

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

import { beforeEach, describe, expect, test } from '@jest/globals';
import { OWN } from './fake-secret-scopes.ts';
import { Stand } from './scope-stand.ts';
import { secretBinding } from './secret-fakes.ts';

let stand: Stand;
beforeEach(() => {
  stand = new Stand();
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

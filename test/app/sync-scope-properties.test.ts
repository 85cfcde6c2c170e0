import { beforeEach, describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { FAILURE } from '../../lambda/contract/failures.ts';
import { AutomationError } from '../../lambda/domain/failure.ts';
import { Stand } from './scope-stand.ts';
import { arnOf, secretBinding } from './secret-fakes.ts';

let stand: Stand;
beforeEach(() => {
  stand = new Stand();
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

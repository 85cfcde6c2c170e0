import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { DEMO_ALIAS } from '../../local/demo/account.ts';
import { type ApiWorld, IDS, OLD, startApiWorld } from './api-world.ts';
import { type MadeRequest, type OpenApiDocument, requestsOf } from './request-arbitraries.ts';

let world: ApiWorld;
let document: OpenApiDocument;
beforeAll(async () => {
  world = await startApiWorld();
  document = (await world.get('/v1/openapi.json')).json as OpenApiDocument;
});
afterAll(() => world.close());

/** Another seed makes other requests; fast-check names it, and the request in its smallest form, when one fails. */
const SEED = 20_260_520;
const REQUESTS = 320;

/** What lets a random request come past the checks of its form. */
const KNOWN = {
  bindingId: ['managed', 'first', 'keyless'],
  bindings: ['app'],
  workspaceId: Object.values(IDS),
  workspaces: Object.values(IDS),
  scopes: ['app'],
  keyConfigurationId: [OLD],
  key: [DEMO_ALIAS],
  operationId: ['key-rollout.nothing'],
  'Idempotency-Key': ['one', 'two'],
};

describe('whatever is asked', () => {
  test('is answered as the document says: no unexpected failure, and nothing of the inside', async () => {
    const statuses = new Map<number, number>();
    await fc.assert(
      fc.asyncProperty(requestsOf(document, KNOWN), async ({ operation, request }: MadeRequest) => {
        // Holds the answer to the schemas of the contract, and looks for stacks and names of source files.
        const { status } = await world.send(request);
        statuses.set(status, (statuses.get(status) ?? 0) + 1);
        expect(Object.keys(operation.responses)).toContain(String(status));
        expect([500, 501, 504]).not.toContain(status);
      }),
      { seed: SEED, numRuns: REQUESTS },
    );
    // Right and wrong requests have both been made.
    expect([...statuses.keys()]).toEqual(expect.arrayContaining([200, 202, 400, 404, 415, 422]));
    expect(
      world
        .logs()
        .split('\n')
        .filter((line) => /"level":"ERROR".*"resource"/.test(line)),
    ).toEqual([]);
  });
});

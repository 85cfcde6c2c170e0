import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { Problem } from '../../lambda/contract/api-answers.ts';
import { ROUTES, type Route, SCHEMAS } from '../../lambda/contract/api-routes.ts';
import { type ApiWorld, pathOf, problemIn, startApiWorld } from './api-world.ts';
import { BAD_TEXTS, badBodies } from './bad-bodies.ts';

let world: ApiWorld;
beforeAll(async () => {
  world = await startApiWorld();
});
afterAll(() => world.close());

const JSON_TYPE = { 'content-type': 'application/json' };
const WITH_BODY = ROUTES.filter(({ request }) => request !== undefined).map(
  (route) => [route.operationId, route] as const,
);

/** Fails if anything was changed by what `act` sends. */
const changesNothing = async (act: () => Promise<void>): Promise<void> => {
  const before = await world.footprint();
  await act();
  expect(await world.footprint()).toEqual(before);
};
const sendText = (route: Route, body: string, headers: Readonly<Record<string, string>> = JSON_TYPE) =>
  world.send({ method: route.method, path: pathOf(route), body, headers });

describe.each(WITH_BODY)('a wrong body of %s', (_name, route) => {
  const schema = SCHEMAS[route.request ?? 'KeyRolloutRequest'];

  test('is refused with the path of the field, what was found and what was wanted, and changes nothing', () =>
    changesNothing(async () => {
      const wrong = badBodies(schema);
      expect(wrong.length).toBeGreaterThan(10);
      for (const { what, value, path } of wrong) {
        const reply = await sendText(route, JSON.stringify(value));
        expect({ what, ...problemIn(reply) }).toEqual({
          ...{ what, status: 400, name: 'InputInvalid', paths: expect.arrayContaining([path]) },
        });
        for (const error of (reply.json as Problem).errors ?? []) {
          expect(error.found.length).toBeLessThan(100);
          expect(error.wanted).not.toBe('');
        }
      }
    }));

  test('that is no JSON object is refused and changes nothing', () =>
    changesNothing(async () => {
      for (const [what, text] of BAD_TEXTS) {
        const { status, name, paths } = problemIn(await sendText(route, text));
        expect({ what, status, name }).toEqual({ what, status: 400, name: 'InputInvalid' });
        expect(paths.every((path) => path.startsWith('body'))).toBe(true);
      }
    }));

  test('of another content type is refused and changes nothing', () =>
    changesNothing(async () => {
      for (const type of [
        'text/plain',
        'application/xml',
        'application/jsonp',
        'multipart/form-data; boundary=x',
        'x',
      ]) {
        const reply = await sendText(route, '{}', { 'content-type': type });
        expect({ type, ...problemIn(reply) }).toMatchObject({ status: 415, name: 'UnsupportedMediaType' });
      }
    }));

  test('with a thousand mistakes names the first twenty', async () => {
    const body = Object.fromEntries(Array.from({ length: 1_000 }, (_, index) => [`x${index}`, 1]));
    expect(problemIn(await sendText(route, JSON.stringify(body))).paths).toHaveLength(20);
  });

  test('of more than ten megabytes is refused by the gateway and changes nothing', () =>
    changesNothing(async () => {
      const { status, headers } = await sendText(route, `{"x":"${'a'.repeat(10_485_760)}"}`);
      expect([status, headers['content-type']]).toEqual([413, 'text/plain']);
    }));
});

describe('a body', () => {
  const dryRun = { bindingId: 'managed', dryRun: true };

  test.each([
    ['application/json; charset=utf-8', { 'content-type': 'application/json; charset=utf-8' }],
    ['application/json in capitals', { 'Content-Type': 'APPLICATION/JSON' }],
    ['no content type', {}],
  ])('with %s is read as JSON', async (_what, headers) => {
    const { status } = await world.send({
      ...{ method: 'POST', path: '/v1/key-rollouts', body: JSON.stringify(dryRun), headers },
    });
    expect(status).toBe(202);
  });

  test('of eight megabytes, which the gateway takes and a function does not, is a problem and starts nothing', async () => {
    const before = await world.footprint();
    const body = `{"bindingId":"${'a'.repeat(8_000_000)}"}`;
    const reply = await world.sendNow({ method: 'POST', path: '/v1/key-rollouts', body, headers: JSON_TYPE });
    expect(problemIn(reply)).toMatchObject({ status: 502, name: 'INTEGRATION_FAILURE' });
    expect(reply.headers['content-type']).toBe('application/problem+json');
    expect(await world.footprint()).toEqual(before);
  });

  test('that names a field twice means the last one, checked like any other', async () => {
    const rollouts = { method: 'POST', path: '/v1/key-rollouts', headers: JSON_TYPE };
    const wrong = await world.send({ ...rollouts, body: '{"dryRun":true,"bindingId":"managed","bindingId":7}' });
    expect(problemIn(wrong)).toMatchObject({ status: 400, paths: ['body.bindingId'] });
    const right = await world.send({ ...rollouts, body: '{"dryRun":true,"bindingId":7,"bindingId":"managed"}' });
    expect(right).toMatchObject({ status: 202, json: { request: dryRun } });
  });

  test('of a request that takes none is not looked at', async () => {
    const { status } = await world.send({ method: 'GET', path: '/v1/health', body: '{"x":', headers: JSON_TYPE });
    expect(status).toBe(200);
  });

  test('with a secret in the wrong place leaves no trace in the log', async () => {
    const canary = 'canary-7f3a-pasted-into-the-wrong-field';
    for (const body of [
      { bindingId: canary.toUpperCase() },
      { bindingId: 'managed', dryRun: canary },
      { bindingId: [canary] },
      { bindingId: 'managed', note: canary },
      { [canary]: 1 },
    ]) {
      expect((await world.post('/v1/key-rollouts', body)).status).toBe(400);
    }
    await world.send({ method: 'POST', path: '/v1/key-rollouts', body: canary, headers: JSON_TYPE });
    await world.send({ method: 'POST', path: '/v1/key-rollouts', body: '{}', headers: { 'content-type': canary } });
    await world.post('/v1/key-rollouts', { bindingId: 'managed' }, { 'Idempotency-Key': `${canary} with a blank` });
    await world.get(`/v1/workspaces/${canary}`);
    await world.get('/v1/operations', { next: canary, [canary]: canary });
    expect(
      world
        .logs()
        .split('\n')
        .filter((line) => line.toLowerCase().includes(canary)),
    ).toEqual([]);
  });
});

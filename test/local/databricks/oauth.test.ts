import { describe, expect, test } from '@jest/globals';
import { ACME, field, HOUR, type Running, requestToken, run, SECOND, send } from './running-simulator.ts';

const OTHER = { ...ACME, id: '42', deploymentName: 'other' };
const READER = { clientId: 'reader', clientSecret: 'reader-secret', accountAdmin: false, workspaces: ['123456789'] };
const SEED = { workspaces: [ACME, OTHER], servicePrincipals: [READER] };

const accountToken = ({ simulator }: Running) =>
  `${simulator.accountHost}/oidc/accounts/${simulator.accountId}/v1/token`;
const workspaceToken = ({ simulator }: Running, name: string) => `${simulator.url}/w/${name}/oidc/v1/token`;
const clusters = ({ simulator }: Running, name: string) => `${simulator.url}/w/${name}/api/2.1/clusters/list`;
const workspaces = ({ simulator }: Running) =>
  `${simulator.accountHost}/api/2.0/accounts/${simulator.accountId}/workspaces`;
const granted = async (url: string, id: string, secret: string) =>
  String(field(await requestToken(url, id, secret), 'access_token'));

describe('OAuth for service principals', () => {
  test('gives a bearer token of one hour for an id and secret in HTTP Basic', async () => {
    const running = await run(SEED);

    const reply = await requestToken(accountToken(running), running.simulator.clientId, running.simulator.clientSecret);

    expect(reply.status).toBe(200);
    expect(reply.body).toEqual({
      access_token: expect.any(String),
      token_type: 'Bearer',
      expires_in: 3600,
      scope: 'all-apis',
    });
  });

  test('takes the id and secret from the form as well', async () => {
    const running = await run(SEED);
    const { clientId, clientSecret } = running.simulator;

    const form = { grant_type: 'client_credentials', client_id: clientId, client_secret: clientSecret };
    const response = await fetch(accountToken(running), { method: 'POST', body: new URLSearchParams(form) });

    expect(response.status).toBe(200);
  });

  test('answers a wrong secret in the form of OAuth, not of Databricks', async () => {
    const running = await run(SEED);

    const reply = await requestToken(accountToken(running), running.simulator.clientId, 'wrong');

    expect(reply.status).toBe(401);
    expect(reply.body).toEqual({ error: 'invalid_client', error_description: expect.any(String) });
  });

  test('refuses another grant type', async () => {
    const running = await run(SEED);

    const form = new URLSearchParams({ grant_type: 'password' });
    const response = await fetch(accountToken(running), { method: 'POST', body: form });

    expect(response.status).toBe(400);
    expect(await response.json()).toMatchObject({ error: 'unsupported_grant_type' });
  });

  test('does not know the token endpoint of another account', async () => {
    const running = await run(SEED);

    const url = `${running.simulator.accountHost}/oidc/accounts/another/v1/token`;
    const reply = await requestToken(url, running.simulator.clientId, running.simulator.clientSecret);

    expect(reply).toMatchObject({ status: 404, body: { message: 'Invalid endpoint' } });
  });

  test('tells where the token endpoint of a workspace is', async () => {
    const running = await run(SEED);

    const reply = await send(
      `${running.simulator.url}/w/acme/oidc/.well-known/oauth-authorization-server`,
      'GET',
      undefined,
    );

    expect(field(reply, 'token_endpoint')).toBe(workspaceToken(running, 'acme'));
  });

  test('an account token also works on the workspaces its owner is assigned to', async () => {
    const running = await run(SEED);

    const token = await granted(accountToken(running), 'reader', 'reader-secret');

    expect(await send(clusters(running, 'acme'), 'GET', token)).toMatchObject({ status: 200 });
    expect(await send(clusters(running, 'other'), 'GET', token)).toMatchObject({
      status: 403,
      body: { error_code: 403, message: 'Unauthorized access to Org: 42' },
    });
  });

  test('a workspace token works on that workspace only', async () => {
    const running = await run(SEED);
    const { clientId, clientSecret } = running.simulator;

    const token = await granted(workspaceToken(running, 'acme'), clientId, clientSecret);

    expect(await send(clusters(running, 'acme'), 'GET', token)).toMatchObject({ status: 200 });
    expect(await send(clusters(running, 'other'), 'GET', token)).toMatchObject({ status: 401 });
    expect(await send(workspaces(running), 'GET', token)).toMatchObject({ status: 401 });
  });

  test('a workspace gives no token to a service principal that is not assigned to it', async () => {
    const running = await run(SEED);

    const reply = await requestToken(workspaceToken(running, 'other'), 'reader', 'reader-secret');

    expect(reply).toMatchObject({ status: 401, body: { error: 'invalid_client' } });
  });

  test('the account API is closed to a service principal without account admin', async () => {
    const running = await run(SEED, { switches: { accountErrors: 'documented' } });

    const token = await granted(accountToken(running), 'reader', 'reader-secret');

    expect(await send(workspaces(running), 'GET', token)).toMatchObject({
      status: 403,
      body: { error_code: 'PERMISSION_DENIED' },
    });
  });

  test('a token lives one hour of the clock', async () => {
    const running = await run(SEED);
    const { clientId, clientSecret } = running.simulator;
    const token = await granted(accountToken(running), clientId, clientSecret);

    running.pass(HOUR - SECOND);
    const inTime = await send(workspaces(running), 'GET', token);
    running.pass(SECOND);
    const late = await send(workspaces(running), 'GET', token);

    expect(inTime.status).toBe(200);
    expect(late).toMatchObject({ status: 401, body: { error_code: 401 } });
  });

  test('refuses a service principal that was deleted, and takes another that was made in its place', async () => {
    const running = await run(SEED);
    const { clientId, clientSecret, control } = running.simulator;
    const token = await granted(accountToken(running), clientId, clientSecret);

    control.deleteServicePrincipal(clientId);
    control.addServicePrincipal({ clientId: 'next', clientSecret: 'secret', accountAdmin: true, workspaces: 'all' });

    expect(await requestToken(accountToken(running), clientId, clientSecret)).toMatchObject({
      ...{ status: 401, body: { error: 'invalid_client' } },
    });
    expect(await send(workspaces(running), 'GET', token)).toMatchObject({ status: 401 });
    const next = await granted(accountToken(running), 'next', 'secret');
    expect(await send(workspaces(running), 'GET', next)).toMatchObject({ status: 200 });
  });

  test('refuses a call without a token, and one with a name and password', async () => {
    const running = await run(SEED);

    const without = await send(workspaces(running), 'GET', undefined);
    const basic = await fetch(workspaces(running), { headers: { authorization: `Basic ${btoa('me:secret')}` } });

    expect(without.status).toBe(401);
    expect(basic.status).toBe(401);
  });
});

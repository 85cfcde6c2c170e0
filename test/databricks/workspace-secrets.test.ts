import { afterEach, describe, expect, test } from '@jest/globals';
import { FAILURE } from '../../lambda/contract/failures.ts';
import { createDatabricksHttp } from '../../lambda/databricks/http.ts';
import type { WireRequest } from '../../lambda/databricks/transport.ts';
import { WorkspaceSecrets } from '../../lambda/databricks/workspace-secrets.ts';
import { isFailure, Throttled } from '../../lambda/domain/failure.ts';
import type { SecretValue } from '../../lambda/domain/secret.ts';
import { Sensitive } from '../../lambda/domain/sensitive.ts';
import { type Bench, type BenchOptions, FakeTime, failureOfAct, numberedTokens, startBench } from './client-bench.ts';
import { type Answerer, breakConnection, inTurn, json, type SeenRequest, stayMute, text } from './scripted-server.ts';

const open: Bench[] = [];
afterEach(async () => {
  for (const one of open.splice(0)) await one.close();
});

type Routes = Readonly<Record<string, Answerer>>;

/** Answers by path below the Secrets API; what is not expected is a 418. */
const secretsOf = async (routes: Routes, options: BenchOptions = {}) => {
  const route = ({ method, path }: SeenRequest): Answerer =>
    routes[`${method} ${path.replace('/api/2.0/secrets', '')}`] ?? text(418, 'NOT_EXPECTED: x');
  const bench = await startBench((request, response) => route(request)(request, response), {
    api: 'workspace',
    ...options,
  });
  open.push(bench);
  return { ...bench, secrets: new WorkspaceSecrets(bench.http, async () => 'app-id') };
};

const done = json(200, {});
const refusal = (status: number, error_code: string | number, message = 'words of Databricks'): Answerer =>
  json(status, { error_code, message });
const missing = refusal(404, 'RESOURCE_DOES_NOT_EXIST', 'Scope app does not exist!');
const scopes = (...names: readonly string[]): Answerer =>
  json(200, { scopes: names.map((name) => ({ name, backend_type: 'DATABRICKS' })) });
const asText = (value: string): SecretValue => ({ kind: 'text', text: new Sensitive(value) });
const bodyOf = (seen: SeenRequest | undefined): unknown => JSON.parse(seen?.body ?? 'null');
const LIST = 'GET /scopes/list';

type Act = (secrets: WorkspaceSecrets) => Promise<unknown>;
const create: Act = (secrets) => secrets.create('app', {});
const keys: Act = (secrets) => secrets.keys('app');
const put: Act = (secrets) => secrets.put('app', 'db', asText('my-value'));
const deleteKey: Act = (secrets) => secrets.deleteKey('app', 'db');
const access: Act = (secrets) => secrets.access('app');
const accessOf: Act = (secrets) => secrets.accessOf('app', 'readers');
const grant: Act = (secrets) => secrets.grant('app', { principal: 'readers', permission: 'READ' });
const revoke: Act = (secrets) => secrets.revoke('app', 'readers');
const deleteScope: Act = (secrets) => secrets.deleteScope('app');

/** The route of each request and how to make it. */
const ACTS: readonly (readonly [string, Act])[] = [
  [LIST, (secrets) => secrets.list()],
  ['POST /scopes/create', create],
  ['POST /scopes/delete', deleteScope],
  ['GET /list', keys],
  ['POST /put', put],
  ['POST /delete', deleteKey],
  ['GET /acls/list', access],
  ['GET /acls/get', accessOf],
  ['POST /acls/put', grant],
  ['POST /acls/delete', revoke],
];

describe('the documented requests', () => {
  test('create a scope, for oneself or for every user', async () => {
    const { secrets, server } = await secretsOf({ 'POST /scopes/create': done });
    await secrets.create('my-simple-databricks-scope', { initialManagePrincipal: 'users' });
    await secrets.create('own', {});
    expect(server.seen.map(bodyOf)).toEqual([
      { scope: 'my-simple-databricks-scope', initial_manage_principal: 'users' },
      { scope: 'own' },
    ]);
  });

  test('create a scope on an Azure Key Vault', async () => {
    const { secrets, server } = await secretsOf({ 'POST /scopes/create': done });
    const resourceId = '/subscriptions/x/resourceGroups/azure-rg/providers/Microsoft.KeyVault/vaults/my-azure-kv';
    const dnsName = 'https://my-azure-kv.vault.azure.net/';
    await secrets.createKeyVault('vault', { resourceId, dnsName, initialManagePrincipal: 'users' });
    await secrets.createKeyVault('vault', { resourceId, dnsName });
    const body = {
      scope: 'vault',
      scope_backend_type: 'AZURE_KEYVAULT',
      backend_azure_keyvault: { resource_id: resourceId, dns_name: dnsName },
    };
    expect(server.seen.map(bodyOf)).toEqual([{ ...body, initial_manage_principal: 'users' }, body]);
  });

  test('delete a scope', async () => {
    const { secrets, server } = await secretsOf({ 'POST /scopes/delete': done });
    await secrets.deleteScope('my-secret-scope');
    expect(bodyOf(server.seen[0])).toEqual({ scope: 'my-secret-scope' });
  });

  test('list scopes with what stands behind them', async () => {
    const { secrets } = await secretsOf({
      [LIST]: json(200, {
        scopes: [
          { name: 'my-databricks-scope', backend_type: 'DATABRICKS' },
          { name: 'vault', backend_type: 'AZURE_KEYVAULT', keyvault_metadata: { dns_name: 'x' } },
        ],
      }),
    });
    expect(await secrets.list()).toEqual([
      { name: 'my-databricks-scope', backend: 'DATABRICKS' },
      { name: 'vault', backend: 'AZURE_KEYVAULT' },
    ]);
  });

  test('put text and bytes', async () => {
    const { secrets, server } = await secretsOf({ 'POST /put': done });
    await secrets.put('my-databricks-scope', 'my-string-key', asText('my-"välue"\n🔑'));
    await secrets.put('my-databricks-scope', 'my-byte-key', { kind: 'bytes', base64: new Sensitive('AP8=') });
    expect(server.seen.map(bodyOf)).toEqual([
      { scope: 'my-databricks-scope', key: 'my-string-key', string_value: 'my-"välue"\n🔑' },
      { scope: 'my-databricks-scope', key: 'my-byte-key', bytes_value: 'AP8=' },
    ]);
  });

  test('delete a key', async () => {
    const { secrets, server } = await secretsOf({ 'POST /delete': done });
    await secrets.deleteKey('my-secret-scope', 'my-secret-key');
    expect(bodyOf(server.seen[0])).toEqual({ scope: 'my-secret-scope', key: 'my-secret-key' });
  });

  test('list keys with the time of their last change, as a number or as text', async () => {
    const { secrets } = await secretsOf({
      'GET /list': json(200, {
        secrets: [
          { key: 'my-string-key', last_updated_timestamp: 1520467595000 },
          { key: 'my-byte-key', last_updated_timestamp: '1520467595001' },
        ],
      }),
    });
    expect(await secrets.keys('s')).toEqual([
      { key: 'my-string-key', updatedAt: 1520467595000 },
      { key: 'my-byte-key', updatedAt: 1520467595001 },
    ]);
  });

  test('put and delete access', async () => {
    const { secrets, server } = await secretsOf({ 'POST /acls/put': done, 'POST /acls/delete': done });
    await secrets.grant('my-secret-scope', { principal: 'data-scientists', permission: 'READ' });
    await secrets.revoke('my-secret-scope', 'data-scientists');
    expect(server.seen.map(bodyOf)).toEqual([
      { scope: 'my-secret-scope', principal: 'data-scientists', permission: 'READ' },
      { scope: 'my-secret-scope', principal: 'data-scientists' },
    ]);
  });

  test('read the access of one principal and of all', async () => {
    const one = { principal: 'data-scientists', permission: 'READ' };
    const all = [{ principal: 'admins', permission: 'MANAGE' }, one];
    const { secrets } = await secretsOf({
      'GET /acls/get': json(200, one),
      'GET /acls/list': json(200, { items: all }),
    });
    expect(await secrets.accessOf('s', 'data-scientists')).toEqual(one);
    expect(await secrets.access('s')).toEqual(all);
  });

  test('encode names that stand in a query', async () => {
    const asked: (string | undefined)[] = [];
    const answer: Answerer = (request, response) => {
      asked.push(response.req.url);
      const rule = { principal: 'x', permission: 'READ' };
      return json(200, request.path.endsWith('/get') ? rule : {})(request, response);
    };
    const { secrets, server } = await secretsOf({
      'GET /list': answer,
      'GET /acls/list': answer,
      'GET /acls/get': answer,
    });
    await secrets.keys('my app/branch&x=1');
    await secrets.access('ä#?%');
    await secrets.accessOf('a+b', 'me+you@example.com');
    expect(asked).toEqual([
      '/api/2.0/secrets/list?scope=my+app%2Fbranch%26x%3D1',
      '/api/2.0/secrets/acls/list?scope=%C3%A4%23%3F%25',
      '/api/2.0/secrets/acls/get?scope=a%2Bb&principal=me%2Byou%40example.com',
    ]);
    expect(server.seen.map(({ query }) => query.get('scope'))).toEqual(['my app/branch&x=1', 'ä#?%', 'a+b']);
  });
});

test('collections that are left out are empty', async () => {
  const { secrets } = await secretsOf({
    [LIST]: done,
    'GET /list': done,
    'GET /acls/list': json(200, { items: null }),
  });
  expect(await secrets.list()).toEqual([]);
  expect(await secrets.keys('app')).toEqual([]);
  expect(await secrets.access('app')).toEqual([]);
});

test('an answer that is something else is refused with its place', async () => {
  const { secrets } = await secretsOf({ 'GET /list': json(200, { secrets: [{ key: 'a' }] }) });
  const failure = await failureOfAct(() => secrets.keys('app'));
  expect(failure.name).toBe(FAILURE.databricksAnswerUnreadable);
  expect(failure.message).toContain('answer.secrets[0].last_updated_timestamp: found nothing, wanted a whole number');
});

test('the identity is that of the credentials', async () => {
  const { secrets, server } = await secretsOf({});
  expect(await secrets.identity()).toBe('app-id');
  expect(server.seen).toHaveLength(0);
});

describe('failures of create', () => {
  const { scopeExists, scopeLimitReached, scopeNameInvalid, scopeNameReserved, premiumTierMissing } = FAILURE;
  test.each<[string, Answerer, string]>([
    ['it exists', refusal(400, 'RESOURCE_ALREADY_EXISTS', 'Scope app already exists!'), scopeExists],
    ['it exists, with 409', refusal(409, 'RESOURCE_ALREADY_EXISTS'), scopeExists],
    ['it exists, by words', refusal(400, 'BAD_REQUEST', 'Scope app already exists!'), scopeExists],
    ['it exists, 409 without a word', text(409, ''), scopeExists],
    ['too many scopes', refusal(400, 'RESOURCE_LIMIT_EXCEEDED'), scopeLimitReached],
    ['a bad name', refusal(400, 'INVALID_PARAMETER_VALUE', "Invalid scope name 'app'"), scopeNameInvalid],
    ['a reserved name', refusal(400, 'CUSTOMER_UNAUTHORIZED'), scopeNameReserved],
    ['a reserved name, with 403', refusal(403, 'CUSTOMER_UNAUTHORIZED'), scopeNameReserved],
    [
      'the standard tier',
      refusal(
        400,
        'BAD_REQUEST',
        'Premium Tier is disabled in this workspace. Secret scopes can only be created with initial_manage_principal "users".',
      ),
      premiumTierMissing,
    ],
    ['no permission', refusal(403, 'PERMISSION_DENIED'), FAILURE.databricksPermissionDenied],
    [
      'a bad first principal',
      refusal(400, 'INVALID_PARAMETER_VALUE', 'Cannot specify x as initial_manage_principal.'),
      FAILURE.databricksRefused,
    ],
    ['something else', refusal(400, 'MALFORMED_REQUEST'), FAILURE.databricksRefused],
    ['another conflict', refusal(409, 'ABORTED'), FAILURE.databricksConflict],
  ])('%s', async (_what, answerer, name) => {
    const { secrets, server } = await secretsOf({ 'POST /scopes/create': answerer });
    const failure = await failureOfAct(() => create(secrets));
    expect(failure.name).toBe(name);
    expect(failure.message).toContain(`POST ${server.url}/api/2.0/secrets/scopes/create: 40`);
    expect(server.seen).toHaveLength(1);
  });

  test('say what happened, to which scope, in whose words, and what to do', async () => {
    const words = 'Premium Tier is disabled in this workspace.';
    const { secrets, server } = await secretsOf({ 'POST /scopes/create': refusal(400, 'BAD_REQUEST', words) });
    const failure = await failureOfAct(() => create(secrets));
    expect(failure.message).toBe(
      `POST ${server.url}/api/2.0/secrets/scopes/create: 400 BAD_REQUEST "${words}" (scope 'app'); ` +
        "set initialManagePrincipal: 'users' in the binding, after which every user of the workspace can read the " +
        'scope, or upgrade the workspace to the Premium tier',
    );
    expect(failure.cause).toMatchObject({ status: 400, code: 'BAD_REQUEST', serverMessage: words });
  });
});

describe('a create whose outcome is unknown', () => {
  test.each([
    ['a broken connection', breakConnection],
    ['a timeout', stayMute],
    ['a 500', text(500, '')],
  ])('after %s succeeds if the scope stands, in whatever case', async (_what, answerer) => {
    const routes = { 'POST /scopes/create': answerer, [LIST]: scopes('other', 'APP') };
    const { secrets, server } = await secretsOf(routes, { requestTimeoutMs: 300 });
    await create(secrets);
    expect(server.seen.map(({ method }) => method)).toEqual(['POST', 'GET']);
  });

  test.each([
    ['the scope does not stand', scopes('other')],
    ['nobody can say', refusal(403, 'PERMISSION_DENIED')],
  ])('stays unknown where %s', async (_what, list) => {
    const { secrets } = await secretsOf({ 'POST /scopes/create': breakConnection, [LIST]: list });
    expect((await failureOfAct(() => create(secrets))).name).toBe(FAILURE.databricksOutcomeUnknown);
  });
});

describe('a Key Vault scope', () => {
  const vault = { resourceId: 'r', dnsName: 'https://kv.vault.azure.net/' };
  const at = (baseUrl: string) => {
    const sent: WireRequest[] = [];
    const time = new FakeTime();
    const http = createDatabricksHttp({
      baseUrl,
      api: 'workspace',
      tokens: numberedTokens(),
      transport: async (request) => {
        sent.push(request);
        return { kind: 'answer', status: 200, contentType: 'application/json', body: '{}' };
      },
      sleep: time.sleep,
      now: time.now,
      random: () => 1,
    });
    return { sent, secrets: new WorkspaceSecrets(http, async () => 'app-id') };
  };

  test.each([
    'https://adb-1234567890123456.7.azuredatabricks.net',
    'https://adb-1.2.databricks.azure.us',
    'https://adb-1.2.databricks.azure.cn',
    'http://localhost:1',
    'http://[::1]:1',
  ])('is asked of %s', async (baseUrl) => {
    const { secrets, sent } = at(baseUrl);
    await secrets.createKeyVault('vault', vault);
    expect(sent.map(({ url }) => url)).toEqual([`${baseUrl}/api/2.0/secrets/scopes/create`]);
  });

  test.each([
    'https://dbc-1.cloud.databricks.com',
    'https://azuredatabricks.net.example.com',
    'https://notazuredatabricks.net',
  ])('is refused before anything is sent to %s', async (baseUrl) => {
    const { secrets, sent } = at(baseUrl);
    const failure = await failureOfAct(() => secrets.createKeyVault('vault', vault));
    expect(failure.name).toBe(FAILURE.inputInvalid);
    expect(failure.message).toContain(`scope 'vault' cannot show an Azure Key Vault at ${new URL(baseUrl).host}`);
    expect(sent).toEqual([]);
  });

  test('with a bad vault is not a scope with a bad name', async () => {
    const words = 'Invalid resource_id of the KeyVault';
    const { secrets } = await secretsOf({ 'POST /scopes/create': refusal(400, 'INVALID_PARAMETER_VALUE', words) });
    const failure = await failureOfAct(() => secrets.createKeyVault('vault', vault));
    expect(failure.name).toBe(FAILURE.databricksRefused);
  });
});

describe('what is missing', () => {
  test.each<[string, string, Act]>([
    ['keys', 'GET /list', keys],
    ['put', 'POST /put', put],
    ['access', 'GET /acls/list', access],
    ['deleteKey', 'POST /delete', deleteKey],
    ['accessOf', 'GET /acls/get', accessOf],
    ['grant', 'POST /acls/put', grant],
    ['revoke', 'POST /acls/delete', revoke],
  ])('%s names a scope that is gone', async (_what, route, act) => {
    const { secrets, server } = await secretsOf({ [route]: missing, [LIST]: scopes('other') });
    const failure = await failureOfAct(() => act(secrets));
    expect(failure.name).toBe(FAILURE.scopeNotFound);
    const [method, path] = route.split(' ');
    expect(failure.message).toContain(`${method} ${server.url}/api/2.0/secrets${path}: 404 RESOURCE_DOES_NOT_EXIST`);
    expect(failure.message).toContain("(scope 'app'");
    expect(failure.cause).toMatchObject({ status: 404 });
  });

  test.each<[string, string, Act]>([
    ['a key that is deleted', 'POST /delete', deleteKey],
    ['access that is revoked', 'POST /acls/delete', revoke],
  ])('is as good where it is %s', async (_what, route, act) => {
    const { secrets } = await secretsOf({ [route]: missing, [LIST]: scopes('App') });
    await act(secrets);
  });

  test('is as good where a scope is deleted', async () => {
    const { secrets, server } = await secretsOf({ 'POST /scopes/delete': missing });
    await deleteScope(secrets);
    expect(server.seen).toHaveLength(1);
  });

  test('is undefined where the access of one principal is read', async () => {
    const { secrets } = await secretsOf({ 'GET /acls/get': missing, [LIST]: scopes('app') });
    expect(await secrets.accessOf('app', 'readers')).toBeUndefined();
  });

  test('is a refused rule where access is granted', async () => {
    const { secrets } = await secretsOf({ 'POST /acls/put': missing, [LIST]: scopes('app') });
    const failure = await failureOfAct(() => grant(secrets));
    expect(failure.name).toBe(FAILURE.accessRuleRefused);
    expect(failure.message).toContain("(scope 'app', principal 'readers')");
  });

  test.each(ACTS)('is never a path that is wrong: %s', async (route, act) => {
    const { secrets } = await secretsOf({ [route]: refusal(404, 'ENDPOINT_NOT_FOUND', 'No API found') });
    expect((await failureOfAct(() => act(secrets))).name).toBe(FAILURE.databricksNotFound);
  });

  test('is never a host that is wrong, which has no code', async () => {
    const { secrets } = await secretsOf({ 'POST /put': text(404, "<pre> No API found for 'POST /x'. </pre>") });
    expect((await failureOfAct(() => put(secrets))).name).toBe(FAILURE.databricksNotFound);
  });
});

describe('failures of put', () => {
  const { scopeIsFull, secretRefused, scopeIsReadOnly, scopeNotFound } = FAILURE;
  test.each<[string, Answerer, string]>([
    ['a full scope', refusal(400, 'RESOURCE_LIMIT_EXCEEDED'), scopeIsFull],
    ['a full scope, by words', refusal(400, 'BAD_REQUEST', 'The maximum number of secrets was reached'), scopeIsFull],
    ['a bad key', refusal(400, 'INVALID_PARAMETER_VALUE'), secretRefused],
    ['a value too long', refusal(400, 'INVALID_PARAMETER_VALUE', 'The size limit exceeded: 128 KB'), secretRefused],
    ['another 400', refusal(400, 'BAD_REQUEST'), secretRefused],
    ['a 400 without a word', text(400, ''), secretRefused],
    ['a body that is too large', text(413, ''), secretRefused],
    [
      'a Key Vault',
      refusal(400, 'BAD_REQUEST', 'Cannot write secrets to Azure KeyVault-backed scope'),
      scopeIsReadOnly,
    ],
    ['a Key Vault, 403', refusal(403, 'PERMISSION_DENIED', 'Scope is Key Vault, hence read-only'), scopeIsReadOnly],
    ['a missing scope without a word', text(404, ''), scopeNotFound],
    ['no permission', refusal(403, 'PERMISSION_DENIED'), FAILURE.databricksPermissionDenied],
    ['another conflict', refusal(409, 'ABORTED'), FAILURE.databricksConflict],
    ['a redirect', text(302, '', { location: 'https://x.example/' }), FAILURE.databricksAnswerUnreadable],
    ['a page', text(200, '<html>sign in</html>'), FAILURE.databricksAnswerUnreadable],
    ['a 503', text(503, ''), FAILURE.databricksUnavailable],
  ])('%s', async (_what, answerer, name) => {
    const { secrets } = await secretsOf({ 'POST /put': answerer });
    expect((await failureOfAct(() => put(secrets))).name).toBe(name);
  });

  test('name scope and key, and keep code and status, but none of the words', async () => {
    const { secrets, server } = await secretsOf({ 'POST /put': refusal(400, 'INVALID_PARAMETER_VALUE') });
    const failure = await failureOfAct(() => put(secrets));
    expect(failure.message).toBe(
      `POST ${server.url}/api/2.0/secrets/put: 400 INVALID_PARAMETER_VALUE (scope 'app', key 'db'); ` +
        'a key is 1 to 128 letters, digits, hyphens, underscores, periods and @; a value is at most 128 KB',
    );
    expect(failure.cause).toMatchObject({ status: 400, code: 'INVALID_PARAMETER_VALUE', serverMessage: undefined });
  });

  test('do not take a key for a Key Vault', async () => {
    const words = "Key 'keyvault-password' is not allowed";
    const { secrets } = await secretsOf({ 'POST /put': refusal(400, 'INVALID_PARAMETER_VALUE', words) });
    const failure = await failureOfAct(() => secrets.put('app', 'keyvault-password', asText('x')));
    expect(failure.name).toBe(FAILURE.secretRefused);
  });
});

describe('failures of grant', () => {
  const { accessRuleRefused } = FAILURE;
  test.each<[string, Answerer, string]>([
    ['a bad permission', refusal(400, 'INVALID_PARAMETER_VALUE', 'Unknown permission'), accessRuleRefused],
    ['an unknown principal', refusal(400, 'BAD_REQUEST', 'User or Group readers does not exist'), accessRuleRefused],
    ['something else', refusal(400, 'MALFORMED_REQUEST', 'no JSON'), FAILURE.databricksRefused],
    ['no permission', refusal(403, 'PERMISSION_DENIED'), FAILURE.databricksPermissionDenied],
  ])('%s', async (_what, answerer, name) => {
    const { secrets } = await secretsOf({ 'POST /acls/put': answerer });
    expect((await failureOfAct(() => grant(secrets))).name).toBe(name);
  });

  test.each([
    ['is what was wanted where it is the same', 'READ', undefined],
    ['is a conflict where it is another', 'MANAGE', FAILURE.databricksConflict],
  ])('access that is there already %s', async (_what, permission, name) => {
    const { secrets } = await secretsOf({
      'POST /acls/put': refusal(400, 'RESOURCE_ALREADY_EXISTS'),
      'GET /acls/get': json(200, { principal: 'readers', permission }),
    });
    const outcome = await grant(secrets).catch((error: Error) => error.name);
    expect(outcome).toBe(name);
  });
});

test.each(ACTS)('a refused service principal is told so by %s', async (route, act) => {
  const { secrets, server } = await secretsOf({ [route]: refusal(403, 'PERMISSION_DENIED') });
  const failure = await failureOfAct(() => act(secrets));
  expect(failure.name).toBe(FAILURE.databricksPermissionDenied);
  expect(failure.message).toContain(route.replace(' ', ` ${server.url}/api/2.0/secrets`));
});

describe('repeating', () => {
  const good = json(200, { principal: 'readers', permission: 'READ' });

  test.each(ACTS.filter(([route]) => route !== 'POST /scopes/create'))(
    '%s after a 500 and a broken connection',
    async (route, act) => {
      const { secrets, server } = await secretsOf({ [route]: inTurn(text(500, ''), breakConnection, good) });
      await act(secrets);
      expect(server.seen).toHaveLength(3);
    },
  );

  test.each(ACTS.filter(([route]) => route !== 'POST /put'))('%s after too many requests', async (route, act) => {
    const { secrets, server, time } = await secretsOf({ [route]: inTurn(text(429, '', { 'retry-after': '3' }), good) });
    await act(secrets);
    expect(server.seen).toHaveLength(2);
    expect(time.pauses).toEqual([3_000]);
  });
});

describe('a put that meets too many requests', () => {
  test.each<[string, Answerer, number | undefined]>([
    ['429', text(429, ''), undefined],
    ['429 with seconds', text(429, '', { 'retry-after': '1.58' }), 1_580],
    ['429 with a date', text(429, '', { 'retry-after': 'Mon, 04 May 2026 12:00:09 GMT' }), 9_000],
    ['429 with a header nobody can read', text(429, '', { 'retry-after': 'soon' }), undefined],
    ['REQUEST_LIMIT_EXCEEDED with 400', refusal(400, 'REQUEST_LIMIT_EXCEEDED'), undefined],
    ['RESOURCE_EXHAUSTED with 500', refusal(500, 'RESOURCE_EXHAUSTED'), undefined],
    ['429 that speaks of a deadline', refusal(429, 'BAD_REQUEST', 'deadline exceeded'), undefined],
    [
      'RESOURCE_EXHAUSTED that asks for patience',
      refusal(400, 'RESOURCE_EXHAUSTED', 'Please try again later or try a faster operation.'),
      undefined,
    ],
    ['only words', refusal(400, 'BAD_REQUEST', 'RPC token bucket limit has been exceeded'), undefined],
  ])('hands it to its caller at once: %s', async (_what, answerer, retryAfterMs) => {
    const { secrets, server, time } = await secretsOf({ 'POST /put': answerer });
    const failure = await failureOfAct(() => put(secrets));
    expect(failure).toBeInstanceOf(Throttled);
    expect(failure).toMatchObject({ name: FAILURE.databricksThrottled, retryAfterMs });
    expect(failure.message).toContain(`POST ${server.url}/api/2.0/secrets/put: `);
    expect(failure.message).toContain("(scope 'app', key 'db'); too many requests");
    expect(server.seen).toHaveLength(1);
    expect(time.pauses).toEqual([]);
  });

  test('after a repeated 503 still does', async () => {
    const { secrets, server } = await secretsOf({ 'POST /put': inTurn(text(503, ''), text(429, '')) });
    expect(await failureOfAct(() => put(secrets))).toBeInstanceOf(Throttled);
    expect(server.seen).toHaveLength(2);
  });

  test('and a full scope at once is full', async () => {
    const { secrets } = await secretsOf({ 'POST /put': refusal(429, 'RESOURCE_LIMIT_EXCEEDED') });
    expect(isFailure(await failureOfAct(() => put(secrets)), FAILURE.scopeIsFull)).toBe(true);
  });
});

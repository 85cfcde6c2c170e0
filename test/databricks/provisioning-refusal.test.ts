import { afterEach, describe, expect, test } from '@jest/globals';
import { FAILURE, type FailureName } from '../../lambda/contract/failures.ts';
import { AccountNetworks } from '../../lambda/databricks/account-networks.ts';
import { AccountWorkspaceFactory } from '../../lambda/databricks/account-workspace-factory.ts';
import type { DatabricksHttp } from '../../lambda/databricks/http.ts';
import { type Bench, failureOfAct, startBench } from './client-bench.ts';
import { type Answerer, json, text } from './scripted-server.ts';

const open: Bench[] = [];
afterEach(async () => {
  for (const one of open.splice(0)) await one.close();
});

const network = { name: 'net', vpcId: 'vpc-1', subnetIds: ['subnet-1', 'subnet-2'], securityGroupIds: ['sg-1'] };
const ASK = {
  'create configuration': (http: DatabricksHttp) => new AccountNetworks(http, 'account-1').create(network),
  'create workspace': (http: DatabricksHttp) =>
    new AccountWorkspaceFactory(http, 'account-1').create({ name: 'prod', region: 'us-west-2' }),
  'delete configuration': (http: DatabricksHttp) => new AccountNetworks(http, 'account-1').delete('net-1'),
  'delete workspace': (http: DatabricksHttp) => new AccountWorkspaceFactory(http, 'account-1').delete('12'),
};
type Asked = keyof typeof ASK;

const refusalOf = async (asked: Asked, answerer: Answerer) => {
  const bench = await startBench(answerer);
  open.push(bench);
  const failure = await failureOfAct(() => ASK[asked](bench.http));
  return { failure, requests: bench.server.seen.length };
};

/** Every form in which the Account API says a code and words, or words alone. */
const FORMS: readonly (readonly [string, (status: number, code: string, words: string) => Answerer])[] = [
  ['code and message', (status, code, words) => json(status, { error_code: code, message: words, details: [] })],
  ['code in the message', (status, code, words) => json(status, { message: `${code}: ${words}` })],
  ['code in plain text', (status, code, words) => text(status, `${code}: ${words}`)],
  ['code in JSON text', (status, code, words) => json(status, `${code}: ${words}`)],
  ['code in both', (status, code, words) => json(status, { error_code: 'BAD_REQUEST', message: `${code}: ${words}` })],
  ['API 1.2', (status, code, words) => json(status, { error: `${code}: ${words}` })],
  ['HTML', (status, code, words) => text(status, `<html><pre>${code}: ${words}</pre></html>`)],
  ['a number for a code', (status, _code, words) => json(status, { error_code: status, message: words })],
  ['words alone', (status, _code, words) => json(status, { message: words })],
];

/** Words of public reports, as Databricks sent them. */
const REPORTED: readonly (readonly [Asked, string, string, FailureName])[] = [
  [
    'create configuration',
    'MALFORMED_REQUEST',
    'Failed credential validation checks: please use a valid cross account IAM role with permissions setup correctly',
    FAILURE.credentialsNotReady,
  ],
  [
    'create workspace',
    'MALFORMED_REQUEST',
    'Failed credentials validation checks: Spot Cancellation, Delete Tags, Describe Availability Zones',
    FAILURE.credentialsNotReady,
  ],
  [
    'create configuration',
    'MALFORMED_REQUEST',
    'Credential configuration name Usage Delivery already exists in this account. Try again with a unique name.',
    FAILURE.nameTaken,
  ],
  [
    'create configuration',
    'INVALID_STATE',
    'Storage configuration limit exceeded, only 50 storage configurations are allowed',
    FAILURE.accountLimitReached,
  ],
  [
    'create workspace',
    'MALFORMED_REQUEST',
    'Failed parameter validation checks: Deployment name cannot be used until a deployment name prefix is defined. ' +
      'Please contact your Databricks representative',
    FAILURE.deploymentNameRefused,
  ],
  ['create workspace', 'MALFORMED_REQUEST', 'Invalid customerManagedKeyId: a/b', FAILURE.keyConfigurationUnfit],
  ['create workspace', 'BAD_REQUEST', 'The maximum number of addresses has been reached.', FAILURE.awsLimitReached],
  [
    'delete configuration',
    'INVALID_STATE',
    'Unable to delete, Network is being used by active workspace 9007199254740993',
    FAILURE.configurationInUse,
  ],
  [
    'delete configuration',
    'MALFORMED_REQUEST',
    'Cannot delete a network while it is attached to a workspace',
    FAILURE.configurationInUse,
  ],
];

describe.each(REPORTED)('%s refused with %s %j', (asked, code, words, name) => {
  test.each(FORMS)('is told from %s, once', async (_form, answer) => {
    const { failure, requests } = await refusalOf(asked, answer(400, code, words));
    expect(failure.name).toBe(name);
    // The reader of HTML drops the last period.
    expect(failure.message).toContain(words.replace(/\.$/, ''));
    expect(requests).toBe(1);
  });
});

test.each<[Asked, string, Answerer, FailureName]>([
  ['create configuration', '409 and nothing', text(409, ''), FAILURE.nameTaken],
  ['create configuration', 'a code', json(400, { error_code: 'RESOURCE_ALREADY_EXISTS' }), FAILURE.nameTaken],
  ['create workspace', 'a code', json(409, { error_code: 'ALREADY_EXISTS', message: 'x' }), FAILURE.nameTaken],
  ['create configuration', 'a code', json(400, { error_code: 'QUOTA_EXCEEDED' }), FAILURE.accountLimitReached],
  ['create workspace', 'a code', json(400, { error_code: 'RESOURCE_LIMIT_EXCEEDED' }), FAILURE.accountLimitReached],
  ['create workspace', '429 and a code', json(429, { error_code: 'QUOTA_EXCEEDED' }), FAILURE.accountLimitReached],
  ['create workspace', "EC2's code", text(400, 'VpcLimitExceeded'), FAILURE.awsLimitReached],
  [
    'create workspace',
    'a network of another workspace',
    text(400, 'INVALID_STATE: Network n-1 is being used by active workspace 12'),
    FAILURE.configurationInUse,
  ],
  ['delete configuration', '409 and nothing', text(409, ''), FAILURE.configurationInUse],
  ['delete configuration', '409 and {}', json(409, {}), FAILURE.configurationInUse],
  ['delete configuration', '409 and a page', text(409, '<html></html>'), FAILURE.configurationInUse],
  ['delete configuration', '400 and a code', json(400, { error_code: 'INVALID_STATE' }), FAILURE.configurationInUse],
  ['delete workspace', '409 and nothing', text(409, ''), FAILURE.workspaceBusy],
])('%s refused with %s', async (asked, _what, answerer, name) => {
  expect((await refusalOf(asked, answerer)).failure.name).toBe(name);
});

test.each<[Asked, string, Answerer, FailureName]>([
  ['create configuration', 'other words', text(400, 'MALFORMED_REQUEST: vpc_id malformed'), FAILURE.databricksRefused],
  ['create configuration', 'another state', text(400, 'INVALID_STATE: no'), FAILURE.databricksConflict],
  ['create workspace', '409 and nothing', text(409, ''), FAILURE.databricksConflict],
  ['create workspace', 'no plan for it', json(400, { error_code: 'BAD_REQUEST' }), FAILURE.databricksRefused],
  ['delete configuration', 'other words', text(400, 'BAD_REQUEST: id malformed'), FAILURE.databricksRefused],
  [
    'create configuration',
    'the rate of requests',
    json(429, { error_code: 'REQUEST_LIMIT_EXCEEDED', message: 'limit exceeded' }),
    FAILURE.databricksThrottled,
  ],
  [
    'delete configuration',
    'no right, whatever the words',
    json(403, { error_code: 'PERMISSION_DENIED', message: 'used by active workspace 12' }),
    FAILURE.databricksPermissionDenied,
  ],
  ['create configuration', '401, whatever the words', text(401, 'x already exists'), FAILURE.databricksConflict],
  ['create workspace', '509', text(509, ''), FAILURE.databricksUnavailable],
])('%s refused with %s keeps the failure it has', async (asked, _what, answerer, name) => {
  expect((await refusalOf(asked, answerer)).failure.name).toBe(name);
});

test.each(['rate limit exceeded', 'limit exceeded'])('429 with %j is no limit of the account', async (message) => {
  const { failure } = await refusalOf('create configuration', json(429, { message }));
  expect(failure.name).not.toBe(FAILURE.accountLimitReached);
});

test('the failure says what was asked, what Databricks said, about what, and what to do', async () => {
  const { failure } = await refusalOf('delete configuration', text(409, 'INVALID_STATE: used by active workspace 12'));
  expect(failure.message).toMatch(
    /^DELETE http:\/\/127\.0\.0\.1:\d+\/api\/2\.0\/accounts\/account-1\/networks\/net-1: 409 INVALID_STATE "used by active workspace 12" \(network configuration 'net-1'\); a workspace refers to it; /,
  );
  expect(failure.cause).toMatchObject({ name: FAILURE.databricksConflict, status: 409 });
});

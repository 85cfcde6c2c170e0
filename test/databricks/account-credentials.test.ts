import { afterEach, expect, test } from '@jest/globals';
import { FAILURE } from '../../lambda/contract/failures.ts';
import { AccountCredentials } from '../../lambda/databricks/account-credentials.ts';
import { type Bench, failureOfAct, startBench } from './client-bench.ts';
import { type Answerer, json } from './scripted-server.ts';

const ROLE = 'arn:aws:iam::111122223333:role/databricks';
const WIRE = {
  credentials_id: 'cred-1',
  credentials_name: 'main',
  aws_credentials: { sts_role: { role_arn: ROLE, external_id: 'account-1' } },
  account_id: 'account-1',
  creation_time: 1579753556257,
};

const open: Bench[] = [];
afterEach(async () => {
  for (const one of open.splice(0)) await one.close();
});

const credentialsOf = async (answerer: Answerer) => {
  const bench = await startBench(answerer);
  open.push(bench);
  return { credentials: new AccountCredentials(bench.http, 'account-1'), server: bench.server };
};

test('tell the role behind them', async () => {
  const { credentials, server } = await credentialsOf(
    json(200, { credentials_id: 'cred-1', aws_credentials: WIRE.aws_credentials }),
  );
  expect(await credentials.roleArn('cred-1')).toBe(ROLE);
  expect(server.seen[0]?.path).toBe('/api/2.0/accounts/account-1/credentials/cred-1');
});

test('without a role are unreadable', async () => {
  const { credentials } = await credentialsOf(json(200, { aws_credentials: {} }));
  const failure = await failureOfAct(() => credentials.roleArn('cred-1'));
  expect(failure.message).toContain('credentials.aws_credentials.sts_role: found nothing, wanted an object');
});

test('that do not exist have no role', async () => {
  const { credentials } = await credentialsOf(json(404, { error_code: 'NOT_FOUND', message: 'x' }));
  expect((await failureOfAct(() => credentials.roleArn('cred-1'))).name).toBe(FAILURE.databricksNotFound);
});

test.each([
  ['nothing', undefined],
  ['null', null],
  ['empty text', ''],
])('may lack an external id (%s)', async (_what, external) => {
  const aws = { sts_role: { role_arn: ROLE, external_id: external } };
  const { credentials } = await credentialsOf(json(200, { ...WIRE, aws_credentials: aws }));
  expect(await credentials.get('cred-1')).toEqual({
    id: 'cred-1',
    name: 'main',
    roleArn: ROLE,
    createdAt: 1579753556257,
  });
});

test.each([
  [{ credentials_id: undefined }, 'credentials.credentials_id: found nothing, wanted an id'],
  [{ credentials_name: 12 }, 'credentials.credentials_name: found a number, wanted text'],
  [{ aws_credentials: undefined }, 'credentials.aws_credentials: found nothing, wanted an object'],
  [{ aws_credentials: { sts_role: {} } }, 'credentials.aws_credentials.sts_role.role_arn: found nothing, wanted text'],
  [{ creation_time: 'today' }, 'credentials.creation_time: found text, wanted a whole number'],
])('name the field that is missing or wrong (%#)', async (change, problem) => {
  const { credentials } = await credentialsOf(json(200, { ...WIRE, ...change }));
  const failure = await failureOfAct(() => credentials.get('cred-1'));
  expect(failure.name).toBe(FAILURE.databricksAnswerUnreadable);
  expect(failure.message).toContain(problem);
});

import { afterEach, expect, test } from '@jest/globals';
import { FAILURE } from '../../lambda/contract/failures.ts';
import { AccountStorageConfigurations } from '../../lambda/databricks/account-storage-configurations.ts';
import { type Bench, failureOfAct, startBench } from './client-bench.ts';
import { json } from './scripted-server.ts';

const open: Bench[] = [];
afterEach(async () => {
  for (const one of open.splice(0)) await one.close();
});

const storageThatAnswers = async (wire: object) => {
  const bench = await startBench(json(200, wire));
  open.push(bench);
  return new AccountStorageConfigurations(bench.http, 'account-1');
};

const WIRE = {
  storage_configuration_id: 's-1',
  storage_configuration_name: 'main',
  root_bucket_info: { bucket_name: 'bucket' },
  creation_time: 1579754875555,
};

test.each([
  [{ storage_configuration_id: null }, 'storage_configuration.storage_configuration_id: found null, wanted an id'],
  [
    { storage_configuration_name: undefined },
    'storage_configuration.storage_configuration_name: found nothing, wanted',
  ],
  [{ root_bucket_info: undefined }, 'storage_configuration.root_bucket_info: found nothing, wanted an object'],
  [{ root_bucket_info: {} }, 'storage_configuration.root_bucket_info.bucket_name: found nothing, wanted text'],
  [{ creation_time: undefined }, 'storage_configuration.creation_time: found nothing, wanted a whole number'],
])('the field that is missing is named (%#)', async (change, problem) => {
  const storage = await storageThatAnswers({ ...WIRE, ...change });
  const failure = await failureOfAct(() => storage.get('s-1'));
  expect(failure.name).toBe(FAILURE.databricksAnswerUnreadable);
  expect(failure.message).toContain(problem);
});

test('what Databricks adds is left alone', async () => {
  const storage = await storageThatAnswers({ ...WIRE, role_arn: 'arn:aws:iam::111122223333:role/r', later: [1] });
  const read = { id: 's-1', name: 'main', bucket: 'bucket', createdAt: 1579754875555 };
  expect(await storage.get('s-1')).toEqual(read);
});

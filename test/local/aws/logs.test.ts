import { expect, test } from '@jest/globals';
import { Logs } from '../../../local/aws/logs.ts';
import { LocalClock } from '../../../local/clock.ts';

const start = () => {
  const logs = new Logs({ account: '111122223333', region: 'us-west-2', partition: 'aws' }, new LocalClock());
  logs.addGroup('/aws/lambda/worker');
  logs.write('/aws/lambda/worker', 'r1', { at: 1_000, text: 'started one' });
  logs.write('/aws/lambda/worker', 'r2', { at: 2_000, text: 'failed one' });
  return logs;
};

const messages = async (logs: Logs, request: Readonly<Record<string, unknown>>) => {
  const answer = await logs.handle('FilterLogEvents', { logGroupName: '/aws/lambda/worker', ...request });
  return (answer as { events: { message: string }[] }).events.map((event) => event.message);
};

test('lines are found by words and by time', async () => {
  const logs = start();

  expect(await messages(logs, {})).toEqual(['started one', 'failed one']);
  expect(await messages(logs, { filterPattern: 'failed' })).toEqual(['failed one']);
  expect(await messages(logs, { filterPattern: '"started one"' })).toEqual(['started one']);
  expect(await messages(logs, { startTime: 1_500, endTime: 2_000 })).toEqual(['failed one']);
});

test('lines can be written through the API', async () => {
  const logs = start();

  await logs.handle('PutLogEvents', {
    logGroupName: '/aws/lambda/worker',
    logStreamName: 's',
    logEvents: [{ timestamp: 3_000, message: 'told' }],
  });

  expect(await messages(logs, { filterPattern: 'told' })).toEqual(['told']);
});

test('groups are described', async () => {
  expect(await start().handle('DescribeLogGroups', { logGroupNamePrefix: '/aws/' })).toMatchObject({
    logGroups: [
      {
        logGroupName: '/aws/lambda/worker',
        arn: 'arn:aws:logs:us-west-2:111122223333:log-group:/aws/lambda/worker:*',
        storedBytes: 21,
      },
    ],
  });
});

test('what is not known is refused', async () => {
  const logs = start();

  await expect(messages(logs, { filterPattern: '{ $.level = "ERROR" }' })).rejects.toMatchObject({
    code: 'InvalidParameterException',
  });
  await expect(logs.handle('FilterLogEvents', { logGroupName: 'nobody' })).rejects.toMatchObject({
    code: 'ResourceNotFoundException',
  });
  await expect(logs.handle('StartQuery', {})).rejects.toMatchObject({ code: 'UnknownOperationException' });
});

import { expect, test } from '@jest/globals';
import { EventBus } from '../../../local/aws/event-bus.ts';
import type { EventFault } from '../../../local/aws/event-faults.ts';
import type { BusEvent } from '../../../local/aws/service.ts';
import { LocalClock } from '../../../local/clock.ts';

const home = { account: '111122223333', region: 'us-west-2', partition: 'aws' };

const event = (source: string, detailType: string): BusEvent => ({
  ...{ version: '0', id: detailType, 'detail-type': detailType, source, account: home.account },
  ...{ time: '2026-05-20T20:44:37Z', region: home.region, resources: [], detail: {} },
});

/** What a queue gets when these events come, in the order in which it gets them, with the seconds since the first came. */
const delivered = async (fault: EventFault, ...events: readonly BusEvent[]) => {
  const clock = new LocalClock(() => 0);
  const got: [string, number][] = [];
  const refuse = () => Promise.reject(new Error('not wanted here'));
  const bus = new EventBus({
    ...{ home, clock },
    targets: {
      ...{ invokeAsync: refuse, startExecution: refuse, publish: refuse },
      sendMessage: async (_arn, body) => void got.push([JSON.parse(body)['detail-type'], clock.now() / 1000]),
    },
  });
  bus.addRule({
    Name: 'all',
    EventPattern: { source: ['aws.kms', 'aws.s3'] },
    Targets: [{ Id: 'queue', Arn: 'arn:aws:sqs:us-west-2:111122223333:inbox' }],
  });
  bus.faults.add(fault);
  for (const each of events) bus.accept(each);
  await bus.settled();
  return got;
};

const KMS = event('aws.kms', 'one');
const S3 = event('aws.s3', 'two');

test('an event comes twice', async () => {
  expect(await delivered({ kind: 'duplicated', laterMs: 60_000, probability: 1 }, KMS)).toEqual([
    ['one', 0],
    ['one', 60],
  ]);
});

test('one that is late comes after the one that it came before', async () => {
  const late: EventFault = { kind: 'late', byMs: 5_000, source: 'aws.kms', probability: 1 };

  expect(await delivered(late, KMS, S3)).toEqual([
    ['two', 0],
    ['one', 5],
  ]);
});

test('events that come close together change places, and none is lost', async () => {
  const fault: EventFault = { kind: 'reordered', withinMs: 60_000, probability: 1 };
  const came = ['a', 'b', 'c', 'd', 'e', 'f'].map((name) => event('aws.kms', name));

  const got = await delivered(fault, ...came);

  expect(got.map(([name]) => name)).not.toEqual(came.map(({ id }) => id));
  expect(new Set(got.map(([name]) => name))).toEqual(new Set(came.map(({ id }) => id)));
  expect(Math.max(...got.map(([, second]) => second))).toBeLessThan(60);
});

test('an event is lost, others are not', async () => {
  expect(await delivered({ kind: 'lost', source: 'aws.kms', probability: 1 }, KMS, S3)).toEqual([['two', 0]]);
});

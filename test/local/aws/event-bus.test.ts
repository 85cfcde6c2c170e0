import { describe, expect, test } from '@jest/globals';
import { EventBus } from '../../../local/aws/event-bus.ts';
import type { Delivery } from '../../../local/aws/event-delivery.ts';
import { AwsError, type BusEvent } from '../../../local/aws/service.ts';
import { LocalClock } from '../../../local/clock.ts';

const HOME = { account: '111122223333', region: 'us-west-2', partition: 'aws' };
const LAMBDA = 'arn:aws:lambda:us-west-2:111122223333:function:worker';
const MACHINE = 'arn:aws:states:us-west-2:111122223333:stateMachine:rollout';
const QUEUE = 'arn:aws:sqs:us-west-2:111122223333:inbox';
const TOPIC = 'arn:aws:sns:us-west-2:111122223333:alerts';
const DEAD = 'arn:aws:sqs:us-west-2:111122223333:dead';

/** A bus whose targets remember what they got, and refuse as often as `refusals` holds errors. */
const start = (refusals: Error[] = []) => {
  const clock = new LocalClock();
  const got: { readonly to: string; readonly what: unknown; readonly attributes?: unknown; readonly name?: string }[] =
    [];
  const deliveries: Delivery[] = [];
  const take = async (entry: (typeof got)[number]) => {
    const refusal = entry.to === DEAD ? undefined : refusals.shift();
    if (refusal !== undefined) throw refusal;
    got.push(entry);
  };
  const bus = new EventBus({
    home: HOME,
    clock,
    targets: {
      invokeAsync: (to, payload) => take({ to, what: JSON.parse(payload) }),
      startExecution: (to, name, input) => take({ to, name, what: JSON.parse(input) }),
      sendMessage: (to, what, attributes) => take(attributes === undefined ? { to, what } : { to, what, attributes }),
      publish: (to, what) => take({ to, what }),
    },
    onDelivery: (delivery) => deliveries.push(delivery),
  });
  return { bus, clock, got, deliveries };
};

const event = (detail: unknown = { state: 'a' }): BusEvent => ({
  version: '0',
  id: '17f6ccf8-bf7e-4f6c-90b1-60efcd7c8e96',
  'detail-type': 'Changed',
  source: 'aws.kms',
  account: HOME.account,
  time: '2026-05-20T20:44:37Z',
  region: HOME.region,
  resources: [],
  detail,
});

const rule = (targets: readonly unknown[], more: Readonly<Record<string, unknown>> = {}) => ({
  Name: 'changed',
  EventPattern: { source: ['aws.kms'], detail: { state: ['a'] } },
  Targets: targets,
  ...more,
});

describe('an event', () => {
  test('reaches every target of the rules that it matches, in the form they want', async () => {
    const { bus, got } = start();
    bus.addRule(
      rule([
        { Id: '1', Arn: LAMBDA },
        { Id: '2', Arn: MACHINE, InputPath: '$.detail' },
        { Id: '3', Arn: QUEUE, Input: 'constant' },
        {
          Id: '4',
          Arn: TOPIC,
          InputTransformer: { InputPathsMap: { s: '$.detail.state' }, InputTemplate: '"state <s>"' },
        },
      ]),
    );

    bus.accept(event());
    bus.accept(event({ state: 'b' }));
    await bus.settled();

    expect(got).toEqual([
      { to: LAMBDA, what: event() },
      { to: MACHINE, what: { state: 'a' }, name: expect.stringMatching(/^17f6ccf8-.{27}_[0-9a-f-]{36}$/) },
      { to: QUEUE, what: 'constant' },
      { to: TOPIC, what: 'state a' },
    ]);
  });

  test('that comes twice asks for the same execution twice', async () => {
    const { bus, got } = start();
    bus.addRule(rule([{ Id: '1', Arn: MACHINE }]));

    bus.accept(event());
    bus.accept(event());
    await bus.settled();

    expect(got[0]?.name).toBe(got[1]?.name);
    expect((got[0]?.name ?? '').length).toBeLessThanOrEqual(80);
  });

  test('passes by a disabled rule', async () => {
    const { bus, got } = start();
    bus.addRule(rule([{ Id: '1', Arn: LAMBDA }]));

    await bus.handle('DisableRule', { Name: 'changed' });
    bus.accept(event());
    await bus.handle('EnableRule', { Name: 'changed' });
    bus.accept(event());
    await bus.settled();

    expect(got).toHaveLength(1);
  });
});

describe('a target that refuses', () => {
  const busy = () => new AwsError('TooManyRequestsException', 'Rate Exceeded.', 429);
  const gone = () => new AwsError('ResourceNotFoundException', 'Function not found', 404);

  test('gets the event again on the local clock', async () => {
    const { bus, clock, got, deliveries } = start([busy(), busy()]);
    bus.addRule(rule([{ Id: '1', Arn: LAMBDA }]));
    const before = clock.now();

    bus.accept(event());
    await bus.settled();

    expect(got).toHaveLength(1);
    expect(deliveries).toMatchObject([{ outcome: 'delivered', targetArn: LAMBDA, ruleName: 'changed' }]);
    expect(clock.now() - before).toBeGreaterThanOrEqual(3_000);
  });

  test('too often leaves the event in the dead-letter queue with the documented attributes', async () => {
    const { bus, got } = start([busy(), busy(), busy()]);
    bus.addRule(
      rule([{ Id: '1', Arn: LAMBDA, RetryPolicy: { MaximumRetryAttempts: 2 }, DeadLetterConfig: { Arn: DEAD } }]),
    );

    bus.accept(event());
    await bus.settled();

    expect(got).toEqual([
      {
        to: DEAD,
        what: JSON.stringify(event()),
        attributes: {
          RULE_ARN: 'arn:aws:events:us-west-2:111122223333:rule/changed',
          TARGET_ARN: LAMBDA,
          ERROR_CODE: 'THROTTLING',
          ERROR_MESSAGE: 'Rate Exceeded.',
          EXHAUSTED_RETRY_CONDITION: 'MaximumRetryAttempts',
          RETRY_ATTEMPTS: '2',
        },
      },
    ]);
  });

  test('for too long leaves it there too', async () => {
    const { bus, got } = start(Array.from({ length: 30 }, busy));
    bus.addRule(
      rule([{ Id: '1', Arn: LAMBDA, RetryPolicy: { MaximumEventAgeInSeconds: 60 }, DeadLetterConfig: { Arn: DEAD } }]),
    );

    bus.accept(event());
    await bus.settled();

    expect(got).toMatchObject([{ attributes: { EXHAUSTED_RETRY_CONDITION: 'MaximumEventAgeInSeconds' } }]);
  });

  test.each([
    ['that is not there', gone(), 'NO_RESOURCE'],
    ['that was started already', new AwsError('ExecutionAlreadyExists', 'already'), 'RESOURCE_ALREADY_EXISTS'],
  ])('%s is not asked again', async (_name, error, code) => {
    const { bus, got } = start([error]);
    bus.addRule(rule([{ Id: '1', Arn: MACHINE, DeadLetterConfig: { Arn: DEAD } }]));

    bus.accept(event());
    await bus.settled();

    expect(got).toMatchObject([{ to: DEAD, attributes: { ERROR_CODE: code, RETRY_ATTEMPTS: '0' } }]);
    expect(got[0]?.attributes).not.toHaveProperty('EXHAUSTED_RETRY_CONDITION');
  });

  test('without a dead-letter queue drops the event, and that is told', async () => {
    const { bus, got, deliveries } = start([gone()]);
    bus.addRule(rule([{ Id: '1', Arn: LAMBDA }]));

    bus.accept(event());
    await bus.settled();

    expect(got).toEqual([]);
    expect(deliveries).toMatchObject([{ outcome: 'dropped', error: { code: 'NO_RESOURCE' } }]);
  });

  test('with a dead-letter queue that is not there drops the event too', async () => {
    const { bus, deliveries } = start([gone(), gone()]);
    bus.addRule(rule([{ Id: '1', Arn: LAMBDA, DeadLetterConfig: { Arn: QUEUE } }]));

    bus.accept(event());
    await bus.settled();

    expect(deliveries).toMatchObject([{ outcome: 'dropped', error: { code: 'NO_RESOURCE' } }]);
  });

  test('because the template makes no JSON is INVALID_JSON', async () => {
    const { bus, got } = start();
    const transformer = { InputPathsMap: { x: '$.detail.missing' }, InputTemplate: '{"x": <x>}' };
    bus.addRule(rule([{ Id: '1', Arn: MACHINE, InputTransformer: transformer, DeadLetterConfig: { Arn: DEAD } }]));

    bus.accept(event());
    await bus.settled();

    expect(got).toMatchObject([{ to: DEAD, attributes: { ERROR_CODE: 'INVALID_JSON' } }]);
  });
});

describe('PutEvents', () => {
  const entry = { Source: 'my.app', DetailType: 'Changed', Detail: '{"state":"a"}' };

  test('takes good entries and says what is wrong with the others', async () => {
    const { bus, got } = start();
    bus.addRule(rule([{ Id: '1', Arn: LAMBDA }], { EventPattern: { source: ['my.app'] } }));

    const answer = await bus.handle('PutEvents', {
      Entries: [
        { ...entry, Resources: ['arn:x'], Time: 1_779_309_877 },
        { ...entry, Source: 'aws.kms' },
        { ...entry, Detail: 'no' },
        { ...entry, DetailType: undefined },
        { ...entry, EventBusName: 'other' },
      ],
    });
    await bus.settled();

    expect(answer).toMatchObject({
      FailedEntryCount: 4,
      Entries: [
        { EventId: expect.any(String) },
        { ErrorCode: 'NotAuthorizedForSourceException' },
        { ErrorCode: 'MalformedDetail' },
        { ErrorCode: 'InvalidArgument', ErrorMessage: expect.stringContaining('DetailType') },
        { ErrorCode: 'InvalidArgument', ErrorMessage: 'there is no event bus other' },
      ],
    });
    expect(got).toMatchObject([
      { what: { source: 'my.app', detail: { state: 'a' }, resources: ['arn:x'], time: '2026-05-20T20:44:37Z' } },
    ]);
  });

  test('takes ten entries at most', async () => {
    const { bus } = start();

    await expect(bus.handle('PutEvents', { Entries: Array.from({ length: 11 }, () => entry) })).rejects.toMatchObject({
      code: 'ValidationException',
    });
  });
});

test('rules and their targets can be read back', async () => {
  const { bus } = start();
  bus.addRule(rule([{ Id: '1', Arn: LAMBDA, DeadLetterConfig: { Arn: DEAD } }], { Description: 'told' }));

  expect(await bus.handle('ListRules', {})).toMatchObject({ Rules: [{ Name: 'changed', State: 'ENABLED' }] });
  expect(await bus.handle('DescribeRule', { Name: 'changed' })).toMatchObject({
    Description: 'told',
    EventPattern: '{"source":["aws.kms"],"detail":{"state":["a"]}}',
  });
  expect(await bus.handle('ListTargetsByRule', { Rule: 'changed' })).toMatchObject({
    Targets: [
      {
        Id: '1',
        Arn: LAMBDA,
        DeadLetterConfig: { Arn: DEAD },
        RetryPolicy: { MaximumRetryAttempts: 185, MaximumEventAgeInSeconds: 86_400 },
      },
    ],
  });
  await expect(bus.handle('DescribeRule', { Name: 'nobody' })).rejects.toMatchObject({
    code: 'ResourceNotFoundException',
  });
});

test('a rule with a schedule fires when it is told to', async () => {
  const { bus, got } = start();
  bus.addRule({ Name: 'daily', ScheduleExpression: 'rate(1 day)', Targets: [{ Id: '1', Arn: LAMBDA }] });

  bus.fireSchedule('daily');
  await bus.settled();

  expect(got).toMatchObject([{ to: LAMBDA, what: { 'detail-type': 'Scheduled Event', source: 'aws.events' } }]);
});

test.each([
  ['another bus', { EventBusName: 'other' }, 'the local run does not know the event bus other'],
  ['an unknown state', { State: 'ENABLED_WITH_ALL_CLOUDTRAIL_MANAGEMENT_EVENTS' }, 'the rule state'],
  ['an unknown target', { Targets: [{ Id: '1', Arn: 'arn:aws:batch:us-west-2:1:job' }] }, 'event targets such as'],
  ['an unknown field of a target', { Targets: [{ Id: '1', Arn: LAMBDA, HttpParameters: {} }] }, 'HttpParameters'],
])('a rule with %s is refused by name', (_name, change, message) => {
  expect(() => start().bus.addRule(rule([], change))).toThrow(message);
});

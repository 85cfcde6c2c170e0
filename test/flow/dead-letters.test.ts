import { afterEach, describe, expect, test } from '@jest/globals';
import type { BusEvent } from '../../local/aws/service.ts';
import { IDS, type RolloutWorld, startRolloutWorld } from './rollout-world.ts';
import { endOf, rolloutsNamed } from './rollouts.ts';

let world: RolloutWorld;
afterEach(() => world.close());

/** Puts a message into the dead-letter queue of the key events. */
const bury = (body: unknown): void =>
  world.aws.sqs.send(queueArn(), typeof body === 'string' ? body : JSON.stringify(body), { ERROR_CODE: 'THROTTLING' });
const queueArn = (): string => {
  const name = world.outputs.KeyEventDeadLetterQueueUrl?.split('/').at(-1);
  return `arn:aws:sqs:us-west-2:111122223333:${name}`;
};
const letters = (): number => world.aws.sqs.messages(queueArn()).length;
/** The event of a rotation that nobody heard of. */
const lostRotation = async (): Promise<BusEvent> => {
  for (const { name } of world.aws.bus.rules()) await world.aws.bus.handle('DisableRule', { Name: name });
  const { length } = events;
  await world.aws.kms.handle('RotateKeyOnDemand', { KeyId: world.keyArn });
  const event = events.slice(length).find((one) => one['detail-type'] === 'KMS CMK Rotation');
  if (event === undefined) throw new Error('no rotation was told');
  return event;
};
const events: BusEvent[] = [];
const start = async (): Promise<void> => {
  world = await startRolloutWorld({}, undefined, undefined, (event) => events.push(event));
};
/** What Lambda puts into the queue when an asynchronous invocation failed for good. */
const record = (requestPayload: unknown): object => ({
  ...{ version: '1.0', timestamp: '2026-05-20T20:00:00.000Z', requestPayload },
  requestContext: { requestId: 'one', functionArn: 'arn', condition: 'RetriesExhausted', approximateInvokeCount: 3 },
  responsePayload: { errorType: 'AwsThrottled', errorMessage: 'busy' },
});

describe('a replay of dead letters', () => {
  test.each([
    ['as EventBridge left it', (event: BusEvent): object => event],
    ['as Lambda left it', record],
  ])('sends an event through the same front door again, %s', async (_how, letterOf) => {
    await start();
    bury(letterOf(await lostRotation()));

    const ended = await world.replayDeadLetters({ queue: 'key-rollout' });

    expect(ended).toMatchObject({
      ...{ status: 'SUCCEEDED', output: { queue: 'key-rollout', replayed: 1, refused: [] } },
    });
    expect(letters()).toBe(0);
    const rolledOut = await endOf(world, 'managed-');
    expect(world.outcomes(rolledOut)).toEqual(['ROLLED_OUT', 'ROLLED_OUT', 'ROLLED_OUT']);
    expect(new Set(IDS.map(world.keyOf)).size).toBe(1);
  });

  test('of the same event twice is one rollout', async () => {
    await start();
    const event = await lostRotation();
    for (const letter of [event, record(event), event]) bury(letter);

    expect(await world.replayDeadLetters({ queue: 'key-rollout' })).toMatchObject({ output: { replayed: 3 } });

    expect(await rolloutsNamed(world, 'managed-')).toHaveLength(1);
    expect(letters()).toBe(0);
  });

  test('keeps what the front door refuses again, and says why', async () => {
    await start();
    // KMS does not know of it, and it is too young to be stale.
    const event = { ...(await lostRotation()), time: new Date(world.clock.now() + 60_000).toISOString() };
    bury({ ...event, detail: { ...(event.detail as object), 'current-key-material-id': 'f'.repeat(64) } });
    bury('no JSON');

    const { status, output } = await world.replayDeadLetters({ queue: 'key-rollout' });

    expect(status).toBe('SUCCEEDED');
    expect(output).toMatchObject({
      replayed: 0,
      refused: [
        { failure: 'RotationNotVisible', message: expect.stringContaining('does not show material') },
        { failure: 'States.QueryEvaluationError' },
      ],
    });
    expect(letters()).toBe(2);
  });

  test('takes no more than it is asked to', async () => {
    await start();
    const event = await lostRotation();
    for (const _letter of [1, 2, 3]) bury(event);

    expect(await world.replayDeadLetters({ queue: 'key-rollout', most: 2 })).toMatchObject({ output: { replayed: 2 } });

    expect(letters()).toBe(1);
  });

  test('of a firing of the schedule looks at every binding', async () => {
    await start();
    await lostRotation();
    bury({ trigger: { kind: 'schedule', time: '2026-05-20T20:00:00Z' } });

    await world.replayDeadLetters({ queue: 'key-rollout' });

    expect((await endOf(world, 'managed-scheduled-')).status).toBe('SUCCEEDED');
  });

  test('of a queue that there is not is refused by name', async () => {
    await start();

    expect(await world.replayDeadLetters({ queue: 'nonsense' })).toMatchObject({
      ...{ status: 'FAILED', error: 'InputInvalid' },
      cause: "queue: found 'nonsense', wanted one of key-rollout, key-watch, compute-care",
    });
    expect((await world.replayDeadLetters({})).error).toBe('InputInvalid');
  });
});

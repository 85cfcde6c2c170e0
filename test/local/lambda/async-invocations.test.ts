import { afterEach, describe, expect, test } from '@jest/globals';
import { AwsError } from '../../../local/aws/service.ts';
import { AsyncInvocations, type AsyncRules } from '../../../local/lambda/async-invocations.ts';
import { poolWith } from './pool.ts';

const QUEUE = 'arn:aws:sqs:us-west-2:111122223333:failed';

let open: { readonly close: () => Promise<void> } | undefined;
afterEach(async () => {
  await open?.close();
  open = undefined;
});

const start = (handler: string, rules: Partial<AsyncRules> = {}, concurrency?: number) => {
  const { clock, pool, lines } = poolWith(handler, { concurrency });
  open = pool;
  const records: { readonly to: string; readonly record: { readonly [name: string]: unknown } }[] = [];
  const ended: (string | undefined)[] = [];
  const asynchronous = new AsyncInvocations({
    clock,
    pool,
    deliver: async (to, record) => void records.push({ to, record: JSON.parse(record) }),
    onEnd: (_name, outcome) => ended.push(outcome?.kind),
  });
  asynchronous.setRules('worker', { onFailureArn: QUEUE, ...rules });
  return { clock, pool, lines, asynchronous, records, ended };
};

describe('an asynchronous invocation', () => {
  test('that succeeds leaves no record', async () => {
    const { asynchronous, records, ended } = start('echo');

    const requestId = asynchronous.accept('worker', '{}');
    await asynchronous.settled();

    expect(requestId).toMatch(/^[0-9a-f-]{36}$/);
    expect([records, ended]).toEqual([[], ['success']]);
  });

  test('that fails is tried twice more, after one and after two minutes, and then told', async () => {
    const { clock, asynchronous, records } = start('fail');
    const before = clock.now();

    const requestId = asynchronous.accept('worker', '{"a":1}');
    await asynchronous.settled();

    expect(clock.now() - before).toBeGreaterThanOrEqual(180_000);
    expect(records).toMatchObject([
      {
        to: QUEUE,
        record: {
          version: '1.0',
          requestContext: {
            requestId,
            functionArn: 'arn:aws:lambda:us-west-2:111122223333:function:worker:$LATEST',
            condition: 'RetriesExhausted',
            approximateInvokeCount: 3,
          },
          requestPayload: { a: 1 },
          responseContext: { statusCode: 200, executedVersion: '$LATEST', functionError: 'Unhandled' },
          responsePayload: { errorType: 'ScopeIsFull', errorMessage: 'the scope is full' },
        },
      },
    ]);
  });

  test('is tried as often as its rules say', async () => {
    const { asynchronous, records } = start('fail', { retries: 0 });

    asynchronous.accept('worker', '{}');
    await asynchronous.settled();

    expect(records).toMatchObject([{ record: { requestContext: { approximateInvokeCount: 1 } } }]);
  });

  test('is given up when it is too old', async () => {
    const { asynchronous, records } = start('fail', { mostSeconds: 60 });

    asynchronous.accept('worker', '{}');
    await asynchronous.settled();

    expect(records).toMatchObject([
      { record: { requestContext: { condition: 'EventAgeExceeded', approximateInvokeCount: 1 } } },
    ]);
  });

  test('waits for its turn beyond the reserved concurrency', async () => {
    const { asynchronous, records, ended } = start('echo', {}, 1);

    asynchronous.accept('worker', '{}');
    asynchronous.accept('worker', '{}');
    await asynchronous.settled();

    expect([records, ended]).toEqual([[], ['success', 'success']]);
  });

  test('whose destination does not take the record is lost, and that is told', async () => {
    const { clock, pool } = poolWith('fail');
    open = pool;
    const lost: string[] = [];
    const asynchronous = new AsyncInvocations({
      clock,
      pool,
      deliver: () => Promise.reject(new AwsError('NotFound', 'Topic does not exist')),
      onLost: (name, _requestId, reason) => lost.push(`${name}: ${reason.message}`),
    });
    asynchronous.setRules('worker', { retries: 0, onFailureArn: QUEUE });

    asynchronous.accept('worker', '{}');
    await asynchronous.settled();

    expect(lost).toEqual(['worker: Topic does not exist']);
  });

  test('is not tried again after the end of the local run', async () => {
    const { pool, asynchronous, ended } = start('fail');

    asynchronous.accept('worker', '{}');
    asynchronous.close();
    await pool.close();
    await asynchronous.settled();

    expect(ended).toEqual(['error']);
    await expect(pool.invoke('worker', '{}')).rejects.toThrow('the local run has ended');
  });

  test('of a function that is not there, or with too much to carry, is refused at once', () => {
    const { asynchronous } = start('echo');

    expect(() => asynchronous.accept('nobody', '{}')).toThrow('Function not found: nobody');
    expect(() => asynchronous.accept('worker', JSON.stringify('x'.repeat(1024 * 1024)))).toThrow(
      'at most 1048576 bytes',
    );
  });
});

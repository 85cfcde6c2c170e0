import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { readExecutionEnd } from '../../lambda/domain/execution-event.ts';

const HOME = { partition: 'aws', account: '111122223333', region: 'us-west-2' };
const SAMPLE = JSON.parse(
  readFileSync(
    join(import.meta.dirname, '..', 'samples', 'aws-events', 'states.execution-status-change.failed.json'),
    'utf8',
  ),
);
const read = (change: object, detail: object = {}) =>
  readExecutionEnd({ ...SAMPLE, ...change, detail: { ...SAMPLE.detail, ...detail } }, HOME);

describe('the end of an execution', () => {
  test.each(['FAILED', 'ABORTED', 'TIMED_OUT'])('that is %s tells which one it was', (status) => {
    expect(read({}, { status })).toEqual({ kind: 'ended-badly', executionArn: SAMPLE.detail.executionArn });
  });

  test.each([
    [{}, { status: 'SUCCEEDED' }],
    [{}, { status: 'RUNNING' }],
    [{}, { status: null }],
    [{}, { executionArn: 7 }],
    [{ source: 'somebody' }, {}],
    [{ account: '999999999999' }, {}],
    [{ region: 'eu-west-1' }, {}],
    [{ 'detail-type': 'Something else' }, {}],
  ])('is not %j %j', (change, detail) => {
    expect(read(change, detail)).toMatchObject({ kind: 'ignored', reason: expect.stringMatching(/\w/) });
  });
});

import { describe, expect, test } from '@jest/globals';
import { FAILURE, type FailureName } from '../../lambda/contract/failures.ts';
import { AutomationError, Throttled } from '../../lambda/domain/failure.ts';
import { problemOf, RequestInvalid } from '../../lambda/domain/problem.ts';

const answerTo = (error: unknown) => problemOf(error, 'request-1');
const statusOf = (name: FailureName): number => answerTo(new AutomationError(name, 'words')).problem.status;

/** What a caller can mend, or somebody has to; whatever is not here is nobody's business outside. */
const STATUSES: Readonly<Record<number, readonly FailureName[]>> = {
  400: [FAILURE.inputInvalid],
  404: [FAILURE.workspaceNotFound, FAILURE.databricksNotFound, FAILURE.operationNotFound],
  409: [
    ...[FAILURE.workspaceLeased, FAILURE.workspaceBusy, FAILURE.registrationInProgress, FAILURE.operationEnded],
    ...[FAILURE.keyConfigurationInUse, FAILURE.keyConfigurationLimitReached, FAILURE.databricksConflict],
    ...[FAILURE.databricksLimitReached, FAILURE.stateChanged],
  ],
  422: [
    ...[FAILURE.bindingUnknown, FAILURE.idempotencyKeyReused, FAILURE.keyNotFound, FAILURE.keyAccessDenied],
    ...[FAILURE.keyNotUsable, FAILURE.keyPolicyIncomplete, FAILURE.databricksRefused],
  ],
  429: [FAILURE.databricksThrottled, FAILURE.awsThrottled],
  502: [
    ...[FAILURE.databricksUnauthenticated, FAILURE.databricksPermissionDenied, FAILURE.databricksUnavailable],
    ...[FAILURE.databricksUnreachable, FAILURE.databricksAnswerUnreadable, FAILURE.databricksOutcomeUnknown],
    ...[FAILURE.credentialSecretMissing, FAILURE.credentialSecretInvalid],
  ],
};

describe('the problem for a failure', () => {
  test.each(Object.entries(STATUSES))('is %s with name and words for what is known to be that', (status, names) => {
    for (const name of names) {
      expect(answerTo(new AutomationError(name, 'what happened')).problem).toEqual({
        ...{ type: `urn:databricks-security-automation:problem:${name}`, title: expect.any(String) },
        ...{ status: Number(status), detail: 'what happened', requestId: 'request-1' },
      });
    }
  });

  test('is 500 for a failure of the product itself', () => {
    for (const name of [FAILURE.settingsInvalid, FAILURE.leaseLost, FAILURE.rotationNotVisible]) {
      expect(statusOf(name)).toBe(500);
    }
  });

  test.each([
    ['an error of a library', new TypeError('secret of undefined at /var/task/index.mjs:1:2')],
    ['a failure of the product itself', new AutomationError(FAILURE.settingsInvalid, 'secret environment')],
    ['an error that only has the name of one', Object.assign(new Error('secret'), { name: 'OperationNotFound' })],
    ['a text', 'secret'],
    ['nothing', undefined],
    ['null', null],
    ['an object', { status: 200, message: 'secret' }],
  ])('tells nothing of %s but the id of the request', (_what, error) => {
    const { problem, retryAfter } = answerTo(error);
    expect(problem).toEqual({
      ...{ type: 'urn:databricks-security-automation:problem:Unknown', title: 'Something went wrong', status: 500 },
      ...{ detail: 'look into the logs with the request id', requestId: 'request-1' },
    });
    expect(retryAfter).toBeUndefined();
  });

  test.each([
    [undefined, 5],
    [0, 1],
    [1, 1],
    [1_000, 1],
    [1_001, 2],
    [120_000, 120],
  ])('of a server that asks for a pause of %p ms says to come back in %p s', (ms, seconds) => {
    const { problem, retryAfter } = answerTo(new Throttled('too many requests', ms));
    expect([problem.status, retryAfter]).toEqual([429, seconds]);
  });

  test('of AWS being busy says to come back, any other says nothing of it', () => {
    expect(answerTo(new AutomationError(FAILURE.awsThrottled, 'busy')).retryAfter).toBe(5);
    expect(answerTo(new AutomationError(FAILURE.databricksUnavailable, 'down')).retryAfter).toBeUndefined();
  });

  test('names the path of the operation that is in the way', () => {
    const busy = Object.assign(new AutomationError(FAILURE.workspaceLeased, 'busy'), { operation: 'key-rollout.one' });
    expect(answerTo(busy).problem.operation).toBe('/v1/operations/key-rollout.one');
  });

  test('of a wrong request holds every mistake, each in its words', () => {
    const errors = [
      { path: 'body.bindingId', found: 'nothing', wanted: 'string' },
      { path: 'query.limit', found: '"0"', wanted: 'string like 1' },
    ];
    expect(answerTo(new RequestInvalid(errors)).problem).toMatchObject({
      ...{ status: 400, errors },
      detail: 'body.bindingId: found nothing, wanted string; query.limit: found "0", wanted string like 1',
    });
  });
});

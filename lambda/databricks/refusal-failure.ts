import { FAILURE, type FailureName } from '../contract/failures.ts';
import type { Refusal } from './refusal.ts';

/** Codes that say little; with these, and without a code, known words in the message decide first. */
const VAGUE_CODES: ReadonlySet<string | undefined> = new Set([
  undefined,
  'BAD_REQUEST',
  'INVALID_PARAMETER_VALUE',
  'INVALID_STATE',
  'MALFORMED_REQUEST',
  'invalid_request',
]);

const BY_WORDS: readonly (readonly [RegExp, FailureName])[] = [
  [/\btoo many requests\b|\btemporarily throttled\b|token bucket limit/i, FAILURE.databricksThrottled],
  [/\blimit (?:was |is |has been )?(?:exceeded|reached)\b|\bmaximum number of\b/i, FAILURE.databricksLimitReached],
  [/\balready exists\b/i, FAILURE.databricksConflict],
  [/^Cluster \S+ does not exist/i, FAILURE.databricksNotFound],
  [/\binvalid access token\b|\btoken (?:is|has|was) expired\b/i, FAILURE.databricksUnauthenticated],
];

const BY_CODE: ReadonlyMap<string, FailureName> = new Map<string, FailureName>([
  ['UNAUTHENTICATED', FAILURE.databricksUnauthenticated],
  ['UNAUTHORIZED', FAILURE.databricksUnauthenticated],
  ['invalid_client', FAILURE.databricksUnauthenticated],
  ['invalid_token', FAILURE.databricksUnauthenticated],
  ['unauthorized_client', FAILURE.databricksUnauthenticated],
  ['PERMISSION_DENIED', FAILURE.databricksPermissionDenied],
  ['CUSTOMER_UNAUTHORIZED', FAILURE.databricksPermissionDenied],
  ['PRIVATE_LINK_VALIDATION_ERROR', FAILURE.databricksPermissionDenied],
  ['access_denied', FAILURE.databricksPermissionDenied],
  ['insufficient_scope', FAILURE.databricksPermissionDenied],
  ['NOT_FOUND', FAILURE.databricksNotFound],
  ['RESOURCE_DOES_NOT_EXIST', FAILURE.databricksNotFound],
  ['ENDPOINT_NOT_FOUND', FAILURE.databricksNotFound],
  ['ABORTED', FAILURE.databricksConflict],
  ['ALREADY_EXISTS', FAILURE.databricksConflict],
  ['CONFLICT', FAILURE.databricksConflict],
  ['INVALID_STATE', FAILURE.databricksConflict],
  ['INVALID_STATE_TRANSITION', FAILURE.databricksConflict],
  ['RESOURCE_ALREADY_EXISTS', FAILURE.databricksConflict],
  ['RESOURCE_CONFLICT', FAILURE.databricksConflict],
  ['QUOTA_EXCEEDED', FAILURE.databricksLimitReached],
  ['RESOURCE_LIMIT_EXCEEDED', FAILURE.databricksLimitReached],
  ['REQUEST_LIMIT_EXCEEDED', FAILURE.databricksThrottled],
  ['RESOURCE_EXHAUSTED', FAILURE.databricksThrottled],
  ['TOO_MANY_REQUESTS', FAILURE.databricksThrottled],
  ['DEADLINE_EXCEEDED', FAILURE.databricksUnavailable],
  ['INTERNAL_ERROR', FAILURE.databricksUnavailable],
  ['INTERNAL_SERVER_ERROR', FAILURE.databricksUnavailable],
  ['TEMPORARILY_UNAVAILABLE', FAILURE.databricksUnavailable],
  ['WORKSPACE_TEMPORARILY_UNAVAILABLE', FAILURE.databricksUnavailable],
  ['server_error', FAILURE.databricksUnavailable],
  ['temporarily_unavailable', FAILURE.databricksUnavailable],
]);

const BY_STATUS: ReadonlyMap<number, FailureName> = new Map<number, FailureName>([
  [401, FAILURE.databricksUnauthenticated],
  [403, FAILURE.databricksPermissionDenied],
  [404, FAILURE.databricksNotFound],
  [409, FAILURE.databricksConflict],
  [429, FAILURE.databricksThrottled],
]);

const byStatusClass = (status: number): FailureName => {
  if (status >= 500) return FAILURE.databricksUnavailable;
  // A redirect is never followed: the host or the sign-in is not what this client was told.
  return status < 400 ? FAILURE.databricksAnswerUnreadable : FAILURE.databricksRefused;
};

/** Words with which a workspace says that it is not up yet or not reachable just now; after databricks-sdk-go apierr. */
const NOT_READY = [
  /UnknownWorkerEnvironmentException/,
  /does not have any associated worker environments/,
  /There is no worker environment with id/,
  /Unknown worker environment/,
  /ClusterNotReadyException/,
  /worker env .{0,200} not found/,
  /Please try again later or try a faster operation/,
];

/** Words after which the request may or may not have been carried out. */
const TIMED_OUT = [/\bTimed out after /, /deadline exceeded/i];

const says = (patterns: readonly RegExp[], { message }: Refusal): boolean =>
  patterns.some((pattern) => pattern.test(message));

/** True if the server was not ready to take the request at all. */
export const saysNotReady = (refusal: Refusal): boolean => says(NOT_READY, refusal);

/** True if the server gave up waiting for itself. */
export const saysTimedOut = (refusal: Refusal): boolean => says(TIMED_OUT, refusal);

const isVague = (code: string | undefined): boolean => VAGUE_CODES.has(code) || /^(?:SCIM_)?\d+$/.test(code ?? '');

/**
 * The failure a refusal is: by its words where they are unmistakable and the code is not, then by code, then by status.
 * Databricks sends the same code with several statuses (RESOURCE_EXHAUSTED also comes with 400 and 500).
 */
export const failureOf = (refusal: Refusal): FailureName => {
  const { status, code, message } = refusal;
  if (saysNotReady(refusal) || saysTimedOut(refusal)) return FAILURE.databricksUnavailable;
  const byWords = isVague(code) ? BY_WORDS.find(([words]) => words.test(message))?.[1] : undefined;
  return byWords ?? BY_CODE.get(code ?? '') ?? BY_STATUS.get(status) ?? byStatusClass(status);
};

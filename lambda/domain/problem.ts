import type { FieldError, Problem } from '../contract/api-answers.ts';
import { FAILURE, type FailureName } from '../contract/failures.ts';
import { AutomationError, Throttled } from './failure.ts';

/** Thrown for a request that is wrong in one or several places. */
export class RequestInvalid extends AutomationError {
  readonly errors: readonly FieldError[];

  constructor(errors: readonly FieldError[]) {
    super(
      FAILURE.inputInvalid,
      errors.map(({ path, found, wanted }) => `${path}: found ${found}, wanted ${wanted}`).join('; '),
    );
    this.errors = errors;
  }
}

/** The failure for a `next` that no page answered. */
export const pageUnknown = (wanted: string): RequestInvalid =>
  new RequestInvalid([{ path: 'query.next', found: 'another text', wanted }]);

/** What the caller can mend, and what somebody else has to. Everything else is 500 and tells nothing. */
const STATUS: ReadonlyMap<FailureName, number> = new Map([
  [FAILURE.inputInvalid, 400],
  [FAILURE.workspaceNotFound, 404],
  [FAILURE.databricksNotFound, 404],
  [FAILURE.operationNotFound, 404],
  ...statuses(
    409,
    FAILURE.workspaceLeased,
    FAILURE.workspaceBusy,
    FAILURE.registrationInProgress,
    FAILURE.operationEnded,
  ),
  ...statuses(409, FAILURE.keyConfigurationInUse, FAILURE.keyConfigurationLimitReached, FAILURE.databricksConflict),
  ...statuses(409, FAILURE.databricksLimitReached, FAILURE.stateChanged),
  ...statuses(409, FAILURE.workspaceNotRunning, FAILURE.storageKeyIsPermanent, FAILURE.workspaceSettingIsFixed),
  ...statuses(422, FAILURE.provisioningRefused),
  ...statuses(422, FAILURE.keyConfigurationUnfit, FAILURE.workspaceRegionMismatch),
  ...statuses(422, FAILURE.bindingUnknown, FAILURE.idempotencyKeyReused, FAILURE.keyNotFound, FAILURE.keyAccessDenied),
  ...statuses(422, FAILURE.keyNotUsable, FAILURE.keyPolicyIncomplete, FAILURE.databricksRefused),
  ...statuses(429, FAILURE.databricksThrottled, FAILURE.awsThrottled),
  ...statuses(
    502,
    FAILURE.databricksUnauthenticated,
    FAILURE.databricksPermissionDenied,
    FAILURE.databricksUnavailable,
  ),
  ...statuses(502, FAILURE.databricksUnreachable, FAILURE.databricksAnswerUnreadable, FAILURE.databricksOutcomeUnknown),
  ...statuses(502, FAILURE.credentialSecretMissing, FAILURE.credentialSecretInvalid),
]);

function statuses(status: number, ...names: readonly FailureName[]): readonly (readonly [FailureName, number])[] {
  return names.map((name) => [name, status] as const);
}

const TITLES: Readonly<Record<number, string>> = {
  400: 'The request is wrong',
  404: 'Not found',
  409: 'In conflict with the present state',
  415: 'The body is no JSON',
  422: 'The request cannot be carried out',
  429: 'Too many requests',
  500: 'Something went wrong',
  502: 'Databricks or its credentials are in trouble',
};

/** Seconds; what a throttled server did not say. */
const RETRY_AFTER = 5;

export interface ProblemAnswer {
  readonly problem: Problem;
  /** Seconds. */
  readonly retryAfter?: number;
}

/** The answer for whatever was thrown. A failure without a name of ours tells nothing but the request's id. */
export function problemOf(error: unknown, requestId: string): ProblemAnswer {
  const status = error instanceof AutomationError ? STATUS.get(error.name) : undefined;
  if (!(error instanceof AutomationError) || status === undefined) {
    return { problem: problem(500, 'Unknown', 'look into the logs with the request id', requestId) };
  }
  const operation = (error as { readonly operation?: unknown }).operation;
  return {
    problem: {
      ...problem(status, error.name, error.message, requestId),
      ...(error instanceof RequestInvalid && { errors: error.errors }),
      ...(typeof operation === 'string' && { operation: `/v1/operations/${operation}` }),
    },
    ...(status === 429 && { retryAfter: retryAfter(error) }),
  };
}

export const problem = (status: number, name: string, detail: string, requestId: string): Problem => ({
  type: `urn:databricks-security-automation:problem:${name}`,
  title: TITLES[status] ?? 'Refused',
  status,
  detail,
  requestId,
});

const retryAfter = (error: AutomationError): number =>
  error instanceof Throttled && error.retryAfterMs !== undefined
    ? Math.max(1, Math.ceil(error.retryAfterMs / 1000))
    : RETRY_AFTER;

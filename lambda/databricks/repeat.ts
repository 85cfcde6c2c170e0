import { FAILURE } from '../contract/failures.ts';
import { backoffMs, retryAfterMs } from './backoff.ts';
import type { Loss } from './loss.ts';
import type { Refusal } from './refusal.ts';
import { failureOf, saysNotReady, saysTimedOut } from './refusal-failure.ts';

/** How one try of a request failed. */
export type FailedTry = { readonly kind: 'refused'; readonly refusal: Refusal } | Loss;

/** Tries of one request, the first included. The state machine repeats for minutes, this client for seconds. */
export const MAX_ATTEMPTS = 4;

/** Left of an invocation to report a failure, milliseconds. */
export const RESERVE_MS = 2_000;

/** A try is not worth beginning with less than this, milliseconds. */
const SHORTEST_TRY_MS = 1_000;

const REPEATED_IF_REPEATABLE: ReadonlySet<number> = new Set([500, 502, 504]);

/**
 * True if the server wants to be asked more slowly: by status or code, whatever its words speak of, or by its words.
 * Databricks sends the codes (REQUEST_LIMIT_EXCEEDED, RESOURCE_EXHAUSTED) with 400 and 500 too.
 */
export const isThrottling = (failed: FailedTry): failed is Extract<FailedTry, { readonly kind: 'refused' }> => {
  if (failed.kind !== 'refused') return false;
  const { refusal } = failed;
  return [refusal, { ...refusal, message: '' }].some((one) => failureOf(one) === FAILURE.databricksThrottled);
};

const refusalMayRepeat = (refusal: Refusal, repeatable: boolean): boolean => {
  const failure = failureOf(refusal);
  if (failure === FAILURE.databricksThrottled || saysNotReady(refusal)) return true;
  if (saysTimedOut(refusal)) return repeatable;
  if (failure !== FAILURE.databricksUnavailable) return false;
  if (refusal.status === 503) return true;
  return repeatable && REPEATED_IF_REPEATABLE.has(refusal.status);
};

const lossMayRepeat = ({ reason, sent }: Loss, repeatable: boolean): boolean => {
  if (reason === 'tls' || reason === 'stopped' || reason === 'too-large') return false;
  return !sent || repeatable;
};

/**
 * True if the same request may be sent again. Throttling, 503 and "no worker environment" were turned away before
 * anything happened, and what was never sent cannot have happened: repeat these for every method. 500, 502, 504 and
 * lost answers may hide a success: repeat them only where a second time does no harm (`repeatable`).
 */
export const mayRepeat = (failed: FailedTry, repeatable: boolean): boolean =>
  failed.kind === 'refused' ? refusalMayRepeat(failed.refusal, repeatable) : lossMayRepeat(failed, repeatable);

/** True if the request may have been carried out although it failed. */
export const mayHaveHappened = (failed: FailedTry): boolean => {
  if (failed.kind === 'lost') return failed.sent;
  const { refusal } = failed;
  if (saysTimedOut(refusal)) return true;
  const isServerError = failureOf(refusal) === FAILURE.databricksUnavailable && refusal.status >= 500;
  return isServerError && refusal.status !== 503 && refusal.status !== 509 && !saysNotReady(refusal);
};

export interface Situation {
  /** Tries made, 1 after the first. */
  readonly attempt: number;
  readonly repeatable: boolean;
  readonly remainingMs: number;
  readonly now: number;
  readonly random: () => number;
}

/**
 * Milliseconds to wait before the next try, or undefined to give up: not repeatable, tried often enough, or the pause
 * would leave no time for a try and a report. `Retry-After` goes before our own backoff.
 */
export const pauseBeforeRepeat = (failed: FailedTry, situation: Situation): number | undefined => {
  const { attempt, repeatable, remainingMs, now, random } = situation;
  if (attempt >= MAX_ATTEMPTS || !mayRepeat(failed, repeatable)) return undefined;
  const asked = failed.kind === 'refused' ? retryAfterMs(failed.refusal.retryAfter, now) : undefined;
  const pause = asked ?? backoffMs(attempt, random);
  return pause + SHORTEST_TRY_MS + RESERVE_MS <= remainingMs ? pause : undefined;
};

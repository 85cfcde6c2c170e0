import type { GuardedState, Retrier } from './definition.ts';
import { answersTo, StateFailure, TaskFailure } from './failure.ts';
import { conclude, type Step, type Visit } from './visit.ts';

/** What a retrier does when it does not say (concepts-error-handling, "Retry fields"). */
const DEFAULTS = { IntervalSeconds: 1, BackoffRate: 2, MaxAttempts: 3 };

/**
 * Milliseconds before a retry; `used` is how often this retrier has already retried. MaxDelaySeconds bounds the delay
 * before jitter; FULL draws it evenly from zero up to the delay.
 */
export const retryDelayMs = (retrier: Retrier, used: number, random: () => number): number => {
  const grown =
    (retrier.IntervalSeconds ?? DEFAULTS.IntervalSeconds) * (retrier.BackoffRate ?? DEFAULTS.BackoffRate) ** used;
  const seconds = Math.min(grown, retrier.MaxDelaySeconds ?? Number.POSITIVE_INFINITY);
  return Math.round(1_000 * seconds * (retrier.JitterStrategy === 'FULL' ? random() : 1));
};

/** Failures of the interpreter are told with the state they happened in; each is recorded once per attempt. */
const located = (failure: TaskFailure, visit: Visit): TaskFailure => {
  if (!(failure instanceof StateFailure)) return failure;
  const { error, cause, field } = failure;
  if (field !== undefined) {
    visit.walk.line.add('EvaluationFailed', { error, cause, location: field, state: visit.name }, visit.name);
  }
  const where = `An error occurred while executing the state '${visit.name}' (entered at the event id #${visit.enteredEvent}).`;
  return new TaskFailure(error, `${where} ${cause}`);
};

/** Runs an attempt and names the state in what the interpreter itself found wrong. */
export const attempted = async (visit: Visit, attempt: () => Promise<Step>): Promise<Step> => {
  try {
    return await attempt();
  } catch (failure) {
    throw failure instanceof TaskFailure ? located(failure, visit) : failure;
  }
};

/**
 * Runs attempts until one succeeds, the retriers are used up, or a catcher takes the failure. Each retrier counts for
 * itself; the first that answers to the error decides. Delays pass on the local clock.
 */
export const guarded = async (visit: Visit<GuardedState>, attempt: () => Promise<Step>): Promise<Step> => {
  const { state, walk } = visit;
  const used = new Map<Retrier, number>();
  for (;;) {
    try {
      return await attempted(visit, attempt);
    } catch (failure) {
      if (!(failure instanceof TaskFailure)) throw failure;
      const retrier = state.Retry?.find((each) => answersTo(each.ErrorEquals, failure.error));
      const before = retrier === undefined ? 0 : (used.get(retrier) ?? 0);
      if (retrier === undefined || before >= (retrier.MaxAttempts ?? DEFAULTS.MaxAttempts)) {
        return caught(visit, failure);
      }
      used.set(retrier, before + 1);
      visit.retries += 1;
      const { clock, random } = walk.world;
      await walk.actor.sleepUntil(clock.now() + retryDelayMs(retrier, before, random), walk.signal);
    }
  }
};

const caught = (visit: Visit<GuardedState>, failure: TaskFailure): Promise<Step> => {
  const catchers = visit.state.Catch ?? [];
  const at = catchers.findIndex((each) => answersTo(each.ErrorEquals, failure.error));
  const catcher = catchers[at];
  if (catcher === undefined) throw failure;
  const errorOutput = {
    Error: failure.error,
    ...(failure.cause !== undefined && { Cause: failure.cause }),
  };
  return attempted(visit, () =>
    conclude(visit, catcher, { at: `Catch[${at}]/`, seen: { errorOutput }, otherwise: errorOutput }),
  );
};

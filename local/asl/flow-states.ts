import type { ChoiceState, FailState, PassState, SucceedState, WaitState } from './definition.ts';
import { STATES_ERROR, StateFailure, TaskFailure } from './failure.ts';
import { attempted } from './retry.ts';
import { conclude, evaluate, evaluateNumber, type Step, type Visit } from './visit.ts';

/** The longest wait in seconds that AWS takes. */
const LONGEST_WAIT_S = 99_999_999;

/** Pass and Succeed hand their input on, or their Output. */
export const runPass = (visit: Visit<PassState | SucceedState>): Promise<Step> =>
  attempted(visit, () => conclude(visit, visit.state, { otherwise: visit.input }));

/** Takes the first rule whose Condition is true. Without a match and without Default it fails with States.Runtime. */
export const runChoice = (visit: Visit<ChoiceState>): Promise<Step> =>
  attempted(visit, async () => {
    const { state, input } = visit;
    for (const [index, rule] of state.Choices.entries()) {
      const at = `Choices[${index}]/`;
      const met = await evaluate(visit, rule.Condition, `${at}Condition`);
      if (typeof met !== 'boolean') {
        const told = `The JSONata expression '${rule.Condition}' specified for the field '${at}Condition' returned ${JSON.stringify(met)}; a boolean is wanted.`;
        throw new StateFailure(STATES_ERROR.queryEvaluationError, told, `${at}Condition`);
      }
      if (met) return conclude(visit, rule, { at, otherwise: input });
    }
    if (state.Default === undefined) {
      const told = 'Failed to transition out of the state. None of its choices matched, and it has no Default.';
      throw new StateFailure(STATES_ERROR.runtime, told);
    }
    return conclude(visit, { ...state, Next: state.Default }, { otherwise: input });
  });

/** Waits on the local clock. A time that has passed is no wait. */
export const runWait = (visit: Visit<WaitState>): Promise<Step> =>
  attempted(visit, async () => {
    const { state, input, walk } = visit;
    await walk.actor.sleepUntil(await waitsUntil(visit), walk.signal);
    return conclude(visit, state, { otherwise: input });
  });

const waitsUntil = async (visit: Visit<WaitState>): Promise<number> => {
  const { state, walk } = visit;
  if (state.Timestamp === undefined) {
    return walk.world.clock.now() + 1_000 * (await evaluateNumber(visit, state.Seconds, 'Seconds', LONGEST_WAIT_S));
  }
  const timestamp = await evaluate(visit, state.Timestamp, 'Timestamp');
  const at = isTimestamp(timestamp) ? Date.parse(timestamp) : Number.NaN;
  if (Number.isFinite(at)) return at;
  const told = `The field 'Timestamp' is ${JSON.stringify(timestamp)}; a time such as 2026-01-31T12:00:00Z is wanted.`;
  throw new StateFailure(STATES_ERROR.queryEvaluationError, told, 'Timestamp');
};

/** RFC 3339 with a T and a zone, as the States Language wants it. */
export const isTimestamp = (value: unknown): value is string =>
  typeof value === 'string' && /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)$/.test(value);

/** Fails with its Error and Cause, which may be expressions. */
export const runFail = (visit: Visit<FailState>): Promise<Step> =>
  attempted(visit, async () => {
    const { state } = visit;
    const [error, cause] = await Promise.all([
      state.Error === undefined ? undefined : text(visit, state.Error, 'Error'),
      state.Cause === undefined ? undefined : text(visit, state.Cause, 'Cause'),
    ]);
    throw new TaskFailure(error ?? '', cause);
  });

const text = async (visit: Visit, template: string, field: string): Promise<string> => {
  const value = await evaluate(visit, template, field);
  if (typeof value === 'string') return value;
  const told = `The JSONata expression '${template}' specified for the field '${field}' returned ${JSON.stringify(value)}; a string is wanted.`;
  throw new StateFailure(STATES_ERROR.queryEvaluationError, told, field);
};

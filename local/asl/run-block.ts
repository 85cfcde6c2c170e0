import type {
  ChoiceState,
  FailState,
  MapState,
  ParallelState,
  PassState,
  State,
  StatesBlock,
  SucceedState,
  TaskState,
  WaitState,
} from './definition.ts';
import { runChoice, runFail, runPass, runWait } from './flow-states.ts';
import { runMap } from './map.ts';
import { runParallel } from './parallel.ts';
import { runTask } from './task.ts';
import { type Step, type Visit, type Walk, withinLimit } from './visit.ts';

/** States that have a StateAborted event in the API. */
const TOLD_WHEN_ABORTED: ReadonlySet<State['Type']> = new Set(['Task', 'Wait', 'Map', 'Parallel']);

/** Runs a block of states from StartAt to its end and answers the last output. Throws TaskFailure when it fails. */
export const runBlock = async (block: StatesBlock, input: unknown, walk: Walk): Promise<unknown> => {
  let name = block.StartAt;
  let value = input;
  for (;;) {
    // A turn of the event loop between states, so that a loop without waits can be stopped.
    await new Promise<void>((resolve) => setImmediate(resolve));
    walk.signal.throwIfAborted();
    const state = block.States[name];
    if (state === undefined) throw new Error(`there is no state '${name}'`);
    const step = await runState(name, state, value, walk);
    if (step.next === undefined) return step.output;
    name = step.next;
    value = step.output;
  }
};

const runState = async (name: string, state: State, input: unknown, walk: Walk): Promise<Step> => {
  withinLimit(input, name, 'was given an input');
  const entered = { name, input: JSON.stringify(input), inputDetails: { truncated: false } };
  const visit: Visit = {
    name,
    state,
    input,
    walk,
    enteredEvent: walk.line.add(`${state.Type}StateEntered`, entered, name),
    enteredAt: walk.world.clock.now(),
    variables: walk.scope.values(),
    retries: 0,
  };
  try {
    const step = await perform(visit);
    const exited = { name, output: JSON.stringify(step.output), outputDetails: { truncated: false } };
    walk.line.add(`${state.Type}StateExited`, exited, name);
    return step;
  } catch (failure) {
    if (walk.signal.aborted && TOLD_WHEN_ABORTED.has(state.Type)) {
      walk.line.add(`${state.Type}StateAborted`, undefined, name);
    }
    throw failure;
  }
};

const perform = (visit: Visit): Promise<Step> => {
  switch (visit.state.Type) {
    case 'Task':
      return runTask(visit as Visit<TaskState>);
    case 'Map':
      return runMap(visit as Visit<MapState>);
    case 'Parallel':
      return runParallel(visit as Visit<ParallelState>);
    case 'Choice':
      return runChoice(visit as Visit<ChoiceState>);
    case 'Wait':
      return runWait(visit as Visit<WaitState>);
    case 'Fail':
      return runFail(visit as Visit<FailState>);
    case 'Pass':
    case 'Succeed':
      return runPass(visit as Visit<PassState | SucceedState>);
  }
};

import { STATES_ERROR, TaskFailure } from '../asl/failure.ts';
import { isObject } from '../asl/place.ts';
import type { TaskRun } from '../asl/visit.ts';
import { arnAt, type Home } from '../aws/home.ts';
import { calling } from './task-errors.ts';
import type { TaskTargets } from './task-targets.ts';

/** The arguments of `lambda:invoke` that the local run heeds. */
const KNOWN = new Set(['FunctionName', 'InvocationType', 'Payload', 'Qualifier']);

/**
 * Invokes a function and answers its payload; the function's error becomes the task's, with its name. The invocation
 * stands on the clock for itself, so the execution lets go of time: else no pause of the function could be jumped.
 */
export const invokeFunction = async (
  targets: TaskTargets,
  functionArn: string,
  payload: unknown,
  task: TaskRun,
): Promise<unknown> => {
  const answer = await calling('Lambda', () => task.away(targets.invokeLambda(functionArn, payload, task.signal)));
  if (answer.error === undefined) return answer.payload ?? null;
  const { errorMessage, errorType, trace = [] } = answer.error;
  throw new TaskFailure(errorType, JSON.stringify({ errorMessage, errorType, trace }));
};

/**
 * `arn:aws:states:::lambda:invoke`: the answer of the Lambda API, with the payload as JSON. Fails with States.Runtime
 * for arguments that the local run does not know.
 */
export const lambdaInvoke = async (
  targets: TaskTargets,
  home: Home,
  taskArguments: unknown,
  task: TaskRun,
): Promise<unknown> => {
  if (!isObject(taskArguments)) throw new TaskFailure(STATES_ERROR.runtime, 'lambda:invoke wants Arguments');
  const unknown = Object.keys(taskArguments).filter((key) => !KNOWN.has(key));
  if (unknown.length > 0) {
    throw new TaskFailure(STATES_ERROR.runtime, `the local run does not know ${unknown.join(', ')} of lambda:invoke`);
  }
  const {
    FunctionName: name,
    InvocationType: type = 'RequestResponse',
    Payload: payload = {},
    Qualifier: qualifier,
  } = taskArguments;
  if (typeof name !== 'string' || type !== 'RequestResponse') {
    const told = 'lambda:invoke wants a FunctionName, and no InvocationType but RequestResponse';
    throw new TaskFailure(STATES_ERROR.runtime, told);
  }
  const arn = name.startsWith('arn:') ? name : arnAt(home, 'lambda', `function:${name}`);
  const result = await invokeFunction(
    targets,
    typeof qualifier === 'string' ? `${arn}:${qualifier}` : arn,
    payload,
    task,
  );
  return { ExecutedVersion: '$LATEST', Payload: result, StatusCode: 200 };
};

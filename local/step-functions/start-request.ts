import { AwsError } from '../aws/service.ts';
import type { ExecutionRecord } from './executions.ts';

/** Bytes of UTF-8 that an execution's input may have (service quotas). */
const MOST_INPUT_BYTES = 256 * 1024;

/** A closed execution keeps its name for 90 days (API_StartExecution). */
const NAME_KEPT_MS = 90 * 24 * 60 * 60 * 1_000;

/** What a name must not contain (API_StartExecution, "name"): white space, brackets, wildcards, specials, controls. */
const FORBIDDEN = /[\s<>{}[\]?*"#%\\^|~`$&,;:/\p{Cc}\p{Cs}\uFFFE\uFFFF]/u;

/** Refuses, as InvalidName, a name that StartExecution does not take: 1 to 80 characters of an allowed set. */
export const checkName = (name: string): string => {
  if (name.length > 0 && name.length <= 80 && !FORBIDDEN.test(name)) return name;
  throw new AwsError('InvalidName', `Invalid Name: '${name}'`);
};

/** Refuses, as InvalidExecutionInput, what is not JSON or too long. */
export const checkInput = (input: string): string => {
  if (Buffer.byteLength(input) > MOST_INPUT_BYTES) {
    const told = `Invalid State Machine Execution Input: the size exceeds ${MOST_INPUT_BYTES} bytes`;
    throw new AwsError('InvalidExecutionInput', told);
  }
  try {
    JSON.parse(input);
    return input;
  } catch (error) {
    const told = error instanceof Error ? error.message : String(error);
    throw new AwsError('InvalidExecutionInput', `Invalid State Machine Execution Input: '${told}'`);
  }
};

/**
 * Whether a start with this input is the same as the earlier one with its name. The same name and input while it runs
 * is the same start; anything else is ExecutionAlreadyExists until 90 days after the earlier one has closed.
 */
export const sameStart = (
  earlier: ExecutionRecord | undefined,
  input: string,
  now: number,
): earlier is ExecutionRecord => {
  if (earlier === undefined) return false;
  if (earlier.stoppedAt !== undefined && earlier.stoppedAt + NAME_KEPT_MS <= now) return false;
  if (earlier.stoppedAt === undefined && earlier.input === input) return true;
  throw new AwsError('ExecutionAlreadyExists', `Execution Already Exists: '${earlier.arn}'`);
};

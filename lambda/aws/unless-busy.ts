import { FAILURE } from '../contract/failures.ts';
import { AutomationError } from '../domain/failure.ts';
import { errorName } from './error-name.ts';

/**
 * The answer of a call; fails with AwsThrottled and `message` if the service answers one of `codes`. The SDK has tried for
 * seconds by then; the state machine, or whoever asked, tries for minutes.
 */
export async function unlessBusy<T>(codes: ReadonlySet<string>, message: string, call: () => Promise<T>): Promise<T> {
  try {
    return await call();
  } catch (error) {
    if (!codes.has(errorName(error) ?? '')) throw error;
    throw new AutomationError(FAILURE.awsThrottled, message, { cause: error });
  }
}

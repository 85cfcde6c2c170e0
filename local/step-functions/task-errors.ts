import { TaskFailure } from '../asl/failure.ts';
import { AwsError } from '../aws/service.ts';

/**
 * The name of a service's error in Retry and Catch: the integration's prefix and the SDK's exception class, which
 * always ends in Exception (`DynamoDB.ConditionalCheckFailedException`, `Sfn.StateMachineDoesNotExistException`).
 */
const errorName = (prefix: string, code: string): string => {
  const bare = code.slice(code.lastIndexOf('#') + 1);
  return `${prefix}.${bare.endsWith('Exception') ? bare : `${bare}Exception`}`;
};

/**
 * Runs a call to a service and turns its AwsError into the TaskFailure that Step Functions shows. What the local run
 * does not know stays as it is: it must not be taken for an answer of AWS that a machine may catch.
 */
export const calling = async <T>(prefix: string, call: () => Promise<T>): Promise<T> => {
  try {
    return await call();
  } catch (error) {
    if (!(error instanceof AwsError) || error.code === 'UnknownOperationException') throw error;
    const cause = `${error.message} (Service: ${prefix}, Status Code: ${error.status})`;
    throw new TaskFailure(errorName(prefix, error.code), cause);
  }
};

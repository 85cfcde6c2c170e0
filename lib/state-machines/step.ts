import { Duration } from 'aws-cdk-lib';
import { JitterType, TaskInput, Timeout } from 'aws-cdk-lib/aws-stepfunctions';
import { LambdaInvoke } from 'aws-cdk-lib/aws-stepfunctions-tasks';
import type { Construct } from 'constructs';
import { FAILURE, type FailureName } from '../../lambda/contract/failures.ts';
import type { AutomationFunction } from '../functions/automation-function.ts';

export interface StepRetry {
  readonly errors: readonly (FailureName | (string & {}))[];
  readonly interval: Duration;
  readonly maxAttempts: number;
  readonly backoffRate: number;
  readonly maxDelay?: Duration;
  readonly jitterStrategy?: JitterType;
}

export interface StepProps {
  readonly fn: AutomationFunction;
  /** JSONata text, or an object with JSONata inside. */
  readonly payload: string | Readonly<Record<string, unknown>>;
  readonly assign?: Readonly<Record<string, unknown>>;
  readonly outputs: string;
  readonly retries: readonly StepRetry[];
}

/** What may pass by itself: 12 tries, 5 s doubling to 2 minutes at most: about 17 minutes in all, half of it with jitter. */
export const RETRY_BRIEFLY: readonly StepRetry[] = [
  {
    errors: [
      FAILURE.databricksThrottled,
      FAILURE.databricksUnavailable,
      FAILURE.databricksUnreachable,
      FAILURE.databricksOutcomeUnknown,
      FAILURE.awsThrottled,
      FAILURE.stateChanged,
      'Lambda.ServiceException',
      'Lambda.AWSLambdaException',
      'Lambda.SdkClientException',
      'Lambda.ClientExecutionTimeoutException',
      'Lambda.TooManyRequestsException',
      'Lambda.Unknown',
      // The environment died; every step may be run again.
      'Runtime.ExitError',
      'Sandbox.Timedout',
    ],
    interval: Duration.seconds(5),
    maxAttempts: 12,
    backoffRate: 2,
    maxDelay: Duration.minutes(2),
    jitterStrategy: JitterType.FULL,
  },
];

/** A task that runs one of our functions, with the retries it names and nothing implicit. */
export function step(scope: Construct, name: string, props: StepProps): LambdaInvoke {
  const task = LambdaInvoke.jsonata(scope, name, {
    lambdaFunction: props.fn.function,
    payload:
      typeof props.payload === 'string'
        ? TaskInput.fromText(props.payload)
        : TaskInput.fromObject({ ...props.payload }),
    outputs: props.outputs,
    ...(props.assign !== undefined && { assign: { ...props.assign } }),
    retryOnServiceExceptions: false,
    // Longer than any of our functions may run.
    taskTimeout: Timeout.duration(Duration.minutes(10)),
  });
  for (const { errors, ...retry } of props.retries) task.addRetry({ errors: [...errors], ...retry });
  return task;
}

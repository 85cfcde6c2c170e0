import { Duration } from 'aws-cdk-lib';
import {
  IntegrationPattern,
  JitterType,
  type State,
  type StateMachine,
  TaskInput,
  Timeout,
} from 'aws-cdk-lib/aws-stepfunctions';
import { StepFunctionsStartExecution } from 'aws-cdk-lib/aws-stepfunctions-tasks';
import type { Construct } from 'constructs';
import { NESTED_FAILED } from './failed.ts';

/** Longer than the sync's own timeout of 12 hours, so that its own end is what is told. */
const LONGEST = Duration.hours(13);

export interface NestedSyncProps {
  readonly secretSync: StateMachine;
  /** JSONata inside. */
  readonly input: Readonly<Record<string, unknown>>;
  /** What the variable `secrets` is when it succeeded; with `failure` beside `onFailure` when not. */
  readonly onSuccess: Readonly<Record<string, unknown>>;
  readonly onFailure: Readonly<Record<string, unknown>>;
  readonly next: State;
}

/** Runs a secret sync and waits for its end. What fails in it is told in the variable `secrets`; the next sync goes on. */
export function nestedSync(scope: Construct, name: string, props: NestedSyncProps): StepFunctionsStartExecution {
  const { secretSync, input, onSuccess, onFailure, next } = props;
  const sync = StepFunctionsStartExecution.jsonata(scope, name, {
    stateMachine: secretSync,
    integrationPattern: IntegrationPattern.RUN_JOB,
    input: TaskInput.fromObject(input),
    assign: { secrets: { ...onSuccess, failure: null } },
    outputs: '{% $states.input %}',
    taskTimeout: Timeout.duration(LONGEST),
  });
  // Only what kept the sync from being started: one that failed is not run a second time.
  sync.addRetry({
    errors: [
      'StepFunctions.ThrottlingException',
      'StepFunctions.ExecutionLimitExceeded',
      'StepFunctions.ExecutionLimitExceededException',
      'StepFunctions.AWSStepFunctionsException',
      'StepFunctions.SdkClientException',
    ],
    interval: Duration.seconds(5),
    maxAttempts: 12,
    backoffRate: 2,
    maxDelay: Duration.minutes(2),
    jitterStrategy: JitterType.FULL,
  });
  sync.addCatch(next, {
    errors: ['States.ALL'],
    assign: { secrets: { ...onFailure, failure: NESTED_FAILED } },
    outputs: '{% $states.input %}',
  });
  sync.next(next);
  return sync;
}

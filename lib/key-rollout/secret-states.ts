import { Duration } from 'aws-cdk-lib';
import {
  Choice,
  Condition,
  type IChainable,
  IntegrationPattern,
  JitterType,
  type State,
  type StateMachine,
  TaskInput,
  Timeout,
} from 'aws-cdk-lib/aws-stepfunctions';
import { StepFunctionsStartExecution } from 'aws-cdk-lib/aws-stepfunctions-tasks';
import type { Construct } from 'constructs';
import { NESTED_FAILED } from '../state-machines/failed.ts';

/** Longer than the sync's own timeout of 12 hours, so that its own end is what is told. */
const LONGEST = Duration.hours(13);

/**
 * After a new key for managed services: Databricks leaves what was written before under the old key, so every secret that
 * we own is written again. What fails here leaves the key in force and is told in the result; the next sync goes on.
 */
export function secretStates(
  scope: Construct,
  { secretSync, release }: { readonly secretSync: StateMachine; readonly release: State },
): IChainable {
  const write = StepFunctionsStartExecution.jsonata(scope, 'Write secrets again', {
    stateMachine: secretSync,
    integrationPattern: IntegrationPattern.RUN_JOB,
    input: TaskInput.fromObject({
      workspaces: ['{% $states.input.workspaceId %}'],
      rewrite: true,
      trigger: { kind: 'key-rollout' },
    }),
    assign: { secrets: { rewritten: '{% $states.result.Output.rewritten %}', failure: null } },
    outputs: '{% $states.input %}',
    taskTimeout: Timeout.duration(LONGEST),
  });
  // Only what kept the sync from being started: one that failed is not run a second time.
  write.addRetry({
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
  write.addCatch(release, {
    errors: ['States.ALL'],
    assign: { secrets: { rewritten: 0, failure: NESTED_FAILED } },
    outputs: '{% $states.input %}',
  });
  write.next(release);
  return Choice.jsonata(scope, 'Are its secrets to be written again?')
    .when(Condition.jsonata('{% $failure = null and $secretsOwed %}'), write)
    .otherwise(release);
}

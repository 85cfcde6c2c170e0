import { Choice, Condition, type IChainable, type State, type StateMachine } from 'aws-cdk-lib/aws-stepfunctions';
import type { Construct } from 'constructs';
import { nestedSync } from '../state-machines/nested-sync.ts';

/**
 * After a new key for managed services: Databricks leaves what was written before under the old key, so every secret that
 * we own is written again. What fails here leaves the key in force and is told in the result; the next sync goes on.
 */
export function secretStates(
  scope: Construct,
  { secretSync, release }: { readonly secretSync: StateMachine; readonly release: State },
): IChainable {
  const write = nestedSync(scope, 'Write secrets again', {
    secretSync,
    input: {
      workspaces: ['{% $states.input.workspaceId %}'],
      rewrite: true,
      trigger: { kind: 'key-rollout' },
    },
    onSuccess: { rewritten: '{% $states.result.Output.rewritten %}' },
    onFailure: { rewritten: 0 },
    next: release,
  });
  return Choice.jsonata(scope, 'Are its secrets to be written again?')
    .when(Condition.jsonata('{% $failure = null and $secretsOwed %}'), write)
    .otherwise(release);
}

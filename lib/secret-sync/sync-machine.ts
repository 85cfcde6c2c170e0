import { Duration } from 'aws-cdk-lib';
import type { ITopic } from 'aws-cdk-lib/aws-sns';
import {
  Choice,
  Condition,
  DistributedMap,
  ProvideItems,
  type StateMachine,
  StateMachineType,
} from 'aws-cdk-lib/aws-stepfunctions';
import { Construct } from 'constructs';
import { FAILURE } from '../../lambda/contract/failures.ts';
import type { CheckedConfig } from '../config/check-config.ts';
import { automationMachine } from '../state-machines/automation-machine.ts';
import { ending } from '../state-machines/ending.ts';
import { RETRY_BRIEFLY, step } from '../state-machines/step.ts';
import { scopeStates } from './scope-states.ts';
import type { SyncFunctions } from './sync-functions.ts';

export interface SyncMachineProps {
  readonly config: CheckedConfig;
  readonly functions: SyncFunctions;
  readonly topic: ITopic;
}

/**
 * The state machine "Secret sync". Everything is JSONata. Each scope is an execution of its own (Distributed Map), so one
 * that breaks never stops the others, and no value of a secret is ever in a state.
 */
export class SyncMachine extends Construct {
  readonly stateMachine: StateMachine;

  constructor(scope: Construct, id: string, { config, functions, topic }: SyncMachineProps) {
    super(scope, id);
    const plan = step(this, 'Plan sync', {
      fn: functions.plan,
      payload: { request: '{% $states.input %}', syncId: '{% $states.context.Execution.Id %}' },
      assign: { plan: '{% $states.result.Payload %}', request: '{% $states.input %}', results: [] },
      outputs: '{% $states.result.Payload %}',
      retries: RETRY_BRIEFLY,
    });

    const syncScopes = DistributedMap.jsonata(this, 'Sync scopes', {
      items: ProvideItems.jsonata('{% [$plan.scopes] %}'),
      itemSelector: {
        workspaceId: '{% $states.context.Map.Item.Value.workspaceId %}',
        workspaceName: '{% $states.context.Map.Item.Value.workspaceName %}',
        deploymentName: '{% $states.context.Map.Item.Value.deploymentName %}',
        scope: '{% $states.context.Map.Item.Value.scope %}',
        bindingIds: '{% [$states.context.Map.Item.Value.bindingIds] %}',
        // Null looks at the whole scope; JSONata would make one secret out of a list of one.
        secrets:
          '{% $states.context.Map.Item.Value.secrets = null ? null : [$states.context.Map.Item.Value.secrets] %}',
        rewriteId: '{% $states.context.Map.Item.Value.rewriteId %}',
        reportLimit: '{% $states.context.Map.Item.Value.reportLimit %}',
        syncId: '{% $states.context.Execution.Id %}',
        dryRun: '{% $exists($request.dryRun) and $request.dryRun %}',
        confirmDeletes: '{% $exists($request.confirmDeletes) ? $request.confirmDeletes : 0 %}',
      },
      maxConcurrency: config.secretSync.concurrency,
      toleratedFailurePercentage: 100,
      mapExecutionType: StateMachineType.STANDARD,
      label: MAP_LABEL,
      assign: { results: '{% [$states.result] %}' },
    });
    syncScopes.itemProcessor(scopeStates(this, functions));

    const summarize = step(this, 'Summarize sync', {
      fn: functions.summarize,
      payload: {
        request: '{% $request %}',
        plan: '{% $plan %}',
        syncId: '{% $states.context.Execution.Id %}',
        startedAt: '{% $states.context.Execution.StartTime %}',
        results: '{% $results %}',
      },
      outputs: '{% $states.result.Payload %}',
      assign: { summary: '{% $states.result.Payload %}' },
      retries: RETRY_BRIEFLY,
    });
    summarize.next(
      ending(this, {
        topic,
        worthTelling: '{% $summary.worthTelling %}',
        question: 'Is every secret as wanted?',
        right: 'Every secret is as wanted',
        wrong: 'Some secrets need attention',
        error: FAILURE.syncIncomplete,
      }),
    );
    const definition = plan.next(
      Choice.jsonata(this, 'Are there scopes?')
        .when(Condition.jsonata('{% $count($plan.scopes) > 0 %}'), syncScopes.next(summarize))
        .otherwise(summarize),
    );

    this.stateMachine = automationMachine(this, {
      config,
      name: 'secret-sync',
      comment:
        'Brings selected AWS secrets into their Databricks scopes. Input: {} for everything, or what narrows it down',
      definition,
      timeout: Duration.hours(12),
      functions: functions.all,
      mapLabel: MAP_LABEL,
    });
  }
}

/** Stands in the ARN of each child execution. */
const MAP_LABEL = 'Scope';

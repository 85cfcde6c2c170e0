import { Duration } from 'aws-cdk-lib';
import type { ITopic } from 'aws-cdk-lib/aws-sns';
import {
  Choice,
  Condition,
  DistributedMap,
  type IChainable,
  ProvideItems,
  type StateMachine,
  StateMachineType,
  Succeed,
  TaskInput,
  Timeout,
} from 'aws-cdk-lib/aws-stepfunctions';
import { SnsPublish } from 'aws-cdk-lib/aws-stepfunctions-tasks';
import { Construct } from 'constructs';
import { FAILURE } from '../../lambda/contract/failures.ts';
import { acknowledge } from '../acknowledge.ts';
import type { CheckedConfig } from '../config/check-config.ts';
import { automationMachine, executionsOf } from '../state-machines/automation-machine.ts';
import { ending } from '../state-machines/ending.ts';
import { RETRY_BRIEFLY, step } from '../state-machines/step.ts';
import type { RolloutFunctions } from './rollout-functions.ts';
import { workspaceStates } from './workspace-states.ts';

export interface RolloutMachineProps {
  readonly config: CheckedConfig;
  readonly functions: RolloutFunctions;
  readonly topic: ITopic;
  /** The machine that writes secrets again under a new key; undefined where none are synced. */
  readonly secretSync: StateMachine | undefined;
}

/**
 * The state machine "Key rollout". Everything is JSONata. Each workspace is an execution of its own (Distributed Map), so
 * one that breaks never stops the others with their compute down, and each has its own history.
 */
export class RolloutMachine extends Construct {
  readonly stateMachine: StateMachine;

  constructor(scope: Construct, id: string, { config, functions, topic, secretSync }: RolloutMachineProps) {
    super(scope, id);
    const plan = step(this, 'Plan rollout', {
      fn: functions.plan,
      payload: '{% $states.input %}',
      assign: {
        plan: '{% $states.result.Payload %}',
        request: '{% $states.input %}',
        keyConfigurationId: '{% $states.result.Payload.keyConfiguration.id %}',
        registered: false,
        registerCalls: 0,
        results: [],
        batch: 0,
      },
      outputs: '{% $states.result.Payload %}',
      retries: RETRY_BRIEFLY,
    });

    const register = step(this, 'Register key', {
      fn: functions.register,
      payload: { binding: '{% $plan.binding %}', rolloutId: '{% $states.context.Execution.Id %}' },
      assign: {
        keyConfigurationId: '{% $states.result.Payload.keyConfigurationId %}',
        registered: '{% $states.result.Payload.created %}',
        registerCalls: '{% $states.result.Payload.calls %}',
      },
      outputs: '{% $states.result.Payload %}',
      retries: [
        // The other rollout's lease ends after two minutes at most: 20 tries of 10 s are 200 s.
        { errors: [FAILURE.registrationInProgress], interval: Duration.seconds(10), maxAttempts: 20, backoffRate: 1 },
        ...RETRY_BRIEFLY,
      ],
    });

    const rollOut = DistributedMap.jsonata(this, 'Roll out workspaces', {
      items: ProvideItems.jsonata('{% [$plan.batches[$batch].items] %}'),
      itemSelector: {
        subject: '{% $plan.subject %}',
        rolloutId: '{% $states.context.Execution.Id %}',
        keyConfigurationId: '{% $keyConfigurationId %}',
        workspaceId: '{% $states.context.Map.Item.Value.workspaceId %}',
        workspaceName: '{% $states.context.Map.Item.Value.workspaceName %}',
        deploymentName: '{% $states.context.Map.Item.Value.deploymentName %}',
        fields: '{% [$states.context.Map.Item.Value.fields] %}',
        needsRest: '{% $states.context.Map.Item.Value.needsRest %}',
        redeploys: '{% $states.context.Map.Item.Value.redeploys %}',
        settings: '{% $plan.settings %}',
        treatment: '{% $plan.treatment %}',
      },
      jsonataMaxConcurrency: '{% $plan.concurrency %}',
      toleratedFailurePercentage: 100,
      mapExecutionType: StateMachineType.STANDARD,
      label: MAP_LABEL,
      assign: { results: '{% [$append($results, $states.result)] %}', batch: '{% $batch + 1 %}' },
    });
    rollOut.itemProcessor(workspaceStates(this, { config, functions, secretSync }));

    const summarize = step(this, 'Summarize', {
      fn: functions.summarize,
      payload: {
        // Of its batches, a summary needs their number and the canary; whole, a plan and its results fill a state.
        plan: "{% $merge([$plan, {'outOfPlace': null, 'batches': [$plan.batches.{'items': [items[0]]}]}]) %}",
        rolloutId: '{% $states.context.Execution.Id %}',
        startedAt: '{% $states.context.Execution.StartTime %}',
        trigger: '{% $exists($request.trigger) ? $request.trigger : null %}',
        keyConfigurationId: '{% $keyConfigurationId %}',
        registered: '{% $registered %}',
        results: '{% $results %}',
        calls: '{% $plan.calls + $registerCalls %}',
      },
      outputs: '{% $states.result.Payload %}',
      assign: { summary: '{% $states.result.Payload %}' },
      retries: RETRY_BRIEFLY,
    });
    summarize.next(
      ending(this, {
        topic,
        worthTelling: '{% $count($results) > 0 or $not($summary.ok) %}',
        question: 'Is every workspace right?',
        right: 'Every workspace is right',
        wrong: 'Some workspaces need attention',
        error: FAILURE.rolloutIncomplete,
      }),
    );
    rollOut.next(
      Choice.jsonata(this, 'Are workspaces left?')
        .when(
          Condition.jsonata(
            '{% $batch < $count($plan.batches) and $count($results[failure = null]) = $count($plan.batches[0].items) %}',
          ),
          rollOut,
        )
        .otherwise(summarize),
    );
    register.next(rollOut);
    const dryRun = Succeed.jsonata(this, 'Dry run', { outputs: '{% $plan %}' });
    const definition = plan.next(
      Choice.jsonata(this, 'What is there to do?')
        .when(
          Condition.jsonata(
            "{% $exists($request.dryRun) and $request.dryRun and $request.trigger.kind = 'schedule' and $plan.outOfPlace != null %}",
          ),
          tellWhatWasFound(this, topic, dryRun),
        )
        .when(Condition.jsonata('{% $exists($request.dryRun) and $request.dryRun %}'), dryRun)
        .when(Condition.jsonata('{% $count($plan.batches) = 0 %}'), summarize)
        .when(Condition.jsonata("{% $plan.keyConfiguration.kind = 'register' %}"), register)
        .otherwise(rollOut),
    );

    this.stateMachine = automationMachine(this, {
      config,
      name: 'key-rollout',
      comment: 'Brings every workspace of a key binding to the current key configuration. Input: {"bindingId": "..."}',
      definition,
      // A maintenance window may be a week away.
      timeout: Duration.days(14),
      functions: functions.all,
      mapLabel: MAP_LABEL,
    });
    if (secretSync !== undefined) {
      const reason = 'Waits for the one execution of the secret sync that it started; its name is made at run time';
      acknowledge(this.stateMachine, executionsOf(secretSync, '*'), reason);
    }
  }
}

/** A look of the schedule at a binding that only reports. */
const tellWhatWasFound = (scope: Construct, topic: ITopic, next: Succeed): IChainable =>
  SnsPublish.jsonata(scope, 'Tell what is out of place', {
    topic,
    subject: "{% $substring('Databricks keys out of place: ' & $plan.subject, 0, 100) %}",
    message: TaskInput.fromText('{% $plan.outOfPlace %}'),
    outputs: '{% $plan %}',
    taskTimeout: Timeout.duration(Duration.minutes(1)),
  }).next(next);

/** Stands in the ARN of each child execution. */
const MAP_LABEL = 'Workspace';

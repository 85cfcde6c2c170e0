import { ArnFormat, type CfnElement, Duration, RemovalPolicy, Stack } from 'aws-cdk-lib';
import { LogGroup } from 'aws-cdk-lib/aws-logs';
import type { ITopic } from 'aws-cdk-lib/aws-sns';
import {
  Choice,
  Condition,
  DefinitionBody,
  DistributedMap,
  Fail,
  LogLevel,
  ProvideItems,
  QueryLanguage,
  StateMachine,
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
import type { RolloutFunctions } from './rollout-functions.ts';
import { RETRY_BRIEFLY, step } from './step.ts';
import { workspaceStates } from './workspace-states.ts';

export interface RolloutMachineProps {
  readonly config: CheckedConfig;
  readonly functions: RolloutFunctions;
  readonly topic: ITopic;
}

/**
 * The state machine "Key rollout". Everything is JSONata. Each workspace is an execution of its own (Distributed Map), so
 * one that breaks never stops the others with their compute down, and each has its own history.
 */
export class RolloutMachine extends Construct {
  readonly stateMachine: StateMachine;

  constructor(scope: Construct, id: string, { config, functions, topic }: RolloutMachineProps) {
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
      payload: { bindingId: '{% $plan.bindingId %}', rolloutId: '{% $states.context.Execution.Id %}' },
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
        bindingId: '{% $plan.bindingId %}',
        rolloutId: '{% $states.context.Execution.Id %}',
        keyConfigurationId: '{% $keyConfigurationId %}',
        workspaceId: '{% $states.context.Map.Item.Value.workspaceId %}',
        workspaceName: '{% $states.context.Map.Item.Value.workspaceName %}',
        deploymentName: '{% $states.context.Map.Item.Value.deploymentName %}',
        fields: '{% [$states.context.Map.Item.Value.fields] %}',
      },
      jsonataMaxConcurrency: '{% $plan.concurrency %}',
      toleratedFailurePercentage: 100,
      mapExecutionType: StateMachineType.STANDARD,
      label: MAP_LABEL,
      assign: { results: '{% [$append($results, $states.result)] %}', batch: '{% $batch + 1 %}' },
    });
    rollOut.itemProcessor(workspaceStates(this, config, functions));

    const summarize = step(this, 'Summarize', {
      fn: functions.summarize,
      payload: {
        plan: '{% $plan %}',
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
    const notify = SnsPublish.jsonata(this, 'Notify', {
      topic,
      // SNS subjects hold at most 100 characters of ASCII.
      subject: "{% $substring($replace($summary.headline, /[^ -~]/, '?'), 0, 100) %}",
      message: TaskInput.fromText('{% $summary.message %}'),
      outputs: '{% $summary %}',
      taskTimeout: Timeout.duration(Duration.minutes(1)),
    });
    const done = Succeed.jsonata(this, 'Every workspace is right', { outputs: '{% $summary %}' });
    const incomplete = Fail.jsonata(this, 'Some workspaces need attention', {
      error: FAILURE.rolloutIncomplete,
      cause: '{% $substring($summary.message, 0, 30000) %}',
    });

    const verdict = Choice.jsonata(this, 'Is every workspace right?')
      .when(Condition.jsonata('{% $summary.ok %}'), done)
      .otherwise(incomplete);
    summarize.next(
      Choice.jsonata(this, 'Is there anything to tell?')
        .when(Condition.jsonata('{% $count($results) > 0 or $not($summary.ok) %}'), notify.next(verdict))
        .otherwise(verdict),
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
    const definition = plan.next(
      Choice.jsonata(this, 'What is there to do?')
        .when(
          Condition.jsonata('{% $exists($request.dryRun) and $request.dryRun %}'),
          Succeed.jsonata(this, 'Dry run', { outputs: '{% $plan %}' }),
        )
        .when(Condition.jsonata('{% $count($plan.batches) = 0 %}'), summarize)
        .when(Condition.jsonata("{% $plan.keyConfiguration.kind = 'register' %}"), register)
        .otherwise(rollOut),
    );

    this.stateMachine = new StateMachine(this, 'StateMachine', {
      comment: 'Brings every workspace of a key binding to the current key configuration. Input: {"bindingId": "..."}',
      definitionBody: DefinitionBody.fromChainable(definition),
      queryLanguage: QueryLanguage.JSONATA,
      stateMachineType: StateMachineType.STANDARD,
      tracingEnabled: true,
      // A maintenance window may be a week away.
      timeout: Duration.days(14),
      logs: {
        level: LogLevel.ALL,
        includeExecutionData: false,
        destination: new LogGroup(this, 'Logs', {
          logGroupName: `/aws/vendedlogs/states/${Stack.of(this).stackName}-key-rollout`,
          retention: config.logRetentionDays,
          removalPolicy: config.retain ? RemovalPolicy.RETAIN : RemovalPolicy.DESTROY,
        }),
      },
    });
    this.#acknowledgeWildcards(functions);
  }

  #acknowledgeWildcards(functions: RolloutFunctions): void {
    acknowledge(
      this.stateMachine,
      'IAM5[Resource::*]',
      'X-Ray and the delivery of Step Functions logs accept only the resource *',
    );
    const stack = Stack.of(this);
    for (const fn of functions.all) {
      const id = stack.getLogicalId(fn.function.node.defaultChild as CfnElement);
      acknowledge(this.stateMachine, `IAM5[Resource::<${id}.Arn>:*]`, 'Versions and aliases of exactly this function');
    }
    for (const finding of ownExecutions(this.stateMachine)) {
      acknowledge(
        this.stateMachine,
        finding,
        'A Distributed Map starts, watches and stops child executions of its own machine; their names are made at run time',
      );
    }
  }
}

/** Findings about a machine's executions, whose ARN holds a name that is made at run time. */
export function ownExecutions(machine: StateMachine): readonly string[] {
  const stack = Stack.of(machine);
  const name = JSON.stringify({
    'Fn::Select': [6, { 'Fn::Split': [':', { Ref: stack.getLogicalId(machine.node.defaultChild as CfnElement) }] }],
  });
  const arn = stack.formatArn({
    service: 'states',
    resource: 'execution',
    resourceName: name,
    arnFormat: ArnFormat.COLON_RESOURCE_NAME,
  });
  return [`IAM5[Resource::${arn}:*]`, `IAM5[Resource::${arn}/${MAP_LABEL}:*]`];
}

/** Stands in the ARN of each child execution. */
const MAP_LABEL = 'Workspace';

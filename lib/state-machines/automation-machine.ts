import { ArnFormat, type CfnElement, type Duration, RemovalPolicy, Stack } from 'aws-cdk-lib';
import { LogGroup } from 'aws-cdk-lib/aws-logs';
import {
  DefinitionBody,
  type IChainable,
  LogLevel,
  QueryLanguage,
  StateMachine,
  StateMachineType,
} from 'aws-cdk-lib/aws-stepfunctions';
import type { Construct } from 'constructs';
import { acknowledge } from '../acknowledge.ts';
import type { CheckedConfig } from '../config/check-config.ts';
import type { AutomationFunction } from '../functions/automation-function.ts';

export interface AutomationMachineProps {
  readonly config: CheckedConfig;
  /** Last part of its log group's name. */
  readonly name: string;
  readonly comment: string;
  readonly definition: IChainable;
  readonly timeout: Duration;
  /** Every function that its steps run. */
  readonly functions: readonly AutomationFunction[];
  /** Of its Distributed Map, where it has one. */
  readonly mapLabel?: string;
}

/** One state machine with the settings all of them share. Its log holds no execution data. */
export function automationMachine(scope: Construct, props: AutomationMachineProps): StateMachine {
  const { config, functions, mapLabel } = props;
  const stack = Stack.of(scope);
  const machine = new StateMachine(scope, 'StateMachine', {
    comment: props.comment,
    definitionBody: DefinitionBody.fromChainable(props.definition),
    queryLanguage: QueryLanguage.JSONATA,
    stateMachineType: StateMachineType.STANDARD,
    tracingEnabled: true,
    timeout: props.timeout,
    logs: {
      level: LogLevel.ALL,
      includeExecutionData: false,
      destination: new LogGroup(scope, 'Logs', {
        logGroupName: `/aws/vendedlogs/states/${stack.stackName}-${props.name}`,
        retention: config.logRetentionDays,
        removalPolicy: config.retain ? RemovalPolicy.RETAIN : RemovalPolicy.DESTROY,
      }),
    },
  });
  const anywhere = 'X-Ray and the delivery of Step Functions logs accept only the resource *';
  acknowledge(machine, 'IAM5[Resource::*]', anywhere);
  for (const fn of functions) {
    const id = stack.getLogicalId(fn.function.node.defaultChild as CfnElement);
    acknowledge(machine, `IAM5[Resource::<${id}.Arn>:*]`, 'Versions and aliases of exactly this function');
  }
  if (mapLabel === undefined) return machine;
  const children =
    'A Distributed Map starts, watches and stops child executions of its own machine; their names are made at run time';
  for (const finding of [executionsOf(machine), executionsOf(machine, `/${mapLabel}:*`)]) {
    acknowledge(machine, finding, children);
  }
  return machine;
}

/**
 * The finding about a machine's executions or map runs, whose ARNs end in a name that is made at run time; `end` as the
 * right has it.
 */
export function executionsOf(
  machine: StateMachine,
  end = ':*',
  resource: 'execution' | 'mapRun' = 'execution',
): string {
  const stack = Stack.of(machine);
  const name = JSON.stringify({
    'Fn::Select': [6, { 'Fn::Split': [':', { Ref: stack.getLogicalId(machine.node.defaultChild as CfnElement) }] }],
  });
  const arn = stack.formatArn({
    service: 'states',
    resource,
    resourceName: name,
    arnFormat: ArnFormat.COLON_RESOURCE_NAME,
  });
  return `IAM5[Resource::${arn}${end}]`;
}

import { ArnFormat, Duration, Fn, Stack } from 'aws-cdk-lib';
import { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import type { StateMachine } from 'aws-cdk-lib/aws-stepfunctions';
import { Construct } from 'constructs';
import type { ApiGroup } from '../../lambda/contract/api-routes.ts';
import { ENV } from '../../lambda/contract/environment.ts';
import { acknowledge } from '../acknowledge.ts';
import type { CheckedConfig } from '../config/check-config.ts';
import { AutomationFunction } from '../functions/automation-function.ts';
import { grantAskedKeyReading } from '../key-rollout/key-access.ts';
import type { StateTables } from '../state/state-tables.ts';
import { executionsOf } from '../state-machines/automation-machine.ts';

export interface ApiFunctionsProps {
  readonly config: CheckedConfig;
  readonly tables: StateTables;
  readonly keyRollout: StateMachine | undefined;
  readonly secretSync: StateMachine | undefined;
  readonly provisioning: StateMachine;
}

/** API Gateway waits 29 seconds for an answer. */
const LONGEST = Duration.seconds(29);

/** The functions behind the API, one for each group of routes, with the rights of that group. */
export class ApiFunctions extends Construct {
  readonly byGroup: Readonly<Record<ApiGroup, AutomationFunction>>;

  constructor(
    scope: Construct,
    id: string,
    { config, tables, keyRollout, secretSync, provisioning }: ApiFunctionsProps,
  ) {
    super(scope, id);
    const make = (name: string, handler: string, description: string): AutomationFunction =>
      new AutomationFunction(this, name, { config, handler, description, timeout: LONGEST });
    const keys = make('Keys', 'api-keys', 'Answers for key configurations').grantDatabricks();
    grantAskedKeyReading(keys, config, 'DescribeKey', 'ListKeyRotations', 'GetKeyPolicy');
    tables.grantState(keys, 'GetItem', 'PutItem', 'DeleteItem', 'Query');
    const operations = make('Operations', 'api-operations', 'Starts, shows and cancels operations');
    tables.grantState(operations, 'GetItem', 'PutItem');
    for (const [setting, machine] of [
      [ENV.keyRolloutMachine, keyRollout],
      [ENV.secretSyncMachine, secretSync],
      [ENV.provisioningMachine, provisioning],
    ] as const) {
      if (machine !== undefined) grantMachine(operations, machine, setting, { stops: true });
    }
    const workspaces = make(
      'Workspaces',
      'api-workspaces',
      'Answers for workspaces and their secrets',
    ).grantDatabricks();
    tables.grantState(workspaces, 'GetItem', 'Query');
    if (keyRollout !== undefined) grantMachine(workspaces, keyRollout, ENV.keyRolloutMachine, { stops: false });
    grantMachine(workspaces, provisioning, ENV.provisioningMachine, { stops: false });
    const meta = make('Meta', 'api-meta', 'Answers for the API itself').grantDatabricks();
    tables.grantState(meta, 'GetItem');
    this.byGroup = { keys, operations, workspaces, meta };
  }
}

/** Start, look at and perhaps stop executions of one machine, and look at those that its map started. */
function grantMachine(
  fn: AutomationFunction,
  machine: StateMachine,
  setting: string,
  { stops }: { readonly stops: boolean },
): void {
  fn.function.addEnvironment(setting, machine.stateMachineArn);
  const arnOf = (resource: 'execution' | 'mapRun', end: string): string =>
    Stack.of(machine).formatArn({
      service: 'states',
      resource,
      resourceName: `${Fn.select(6, Fn.split(':', machine.stateMachineArn))}${end}`,
      arnFormat: ArnFormat.COLON_RESOURCE_NAME,
    });
  const own = arnOf('execution', ':*');
  const children = arnOf('execution', '/*');
  const mapRuns = arnOf('mapRun', '/*');
  const rights: readonly (readonly [readonly string[], readonly string[]])[] = [
    [['StartExecution', 'ListExecutions'], [machine.stateMachineArn]],
    [
      ['DescribeExecution', 'GetExecutionHistory'],
      [own, children],
    ],
    [['ListMapRuns', ...(stops ? ['StopExecution'] : [])], [own]],
    [['DescribeMapRun', 'ListExecutions'], [mapRuns]],
  ];
  for (const [actions, resources] of rights) {
    fn.function.addToRolePolicy(
      new PolicyStatement({ actions: actions.map((action) => `states:${action}`), resources: [...resources] }),
    );
  }
  const reason = 'Executions and map runs of exactly this machine; their names are made at run time';
  for (const finding of [executionsOf(machine), executionsOf(machine, '/*'), executionsOf(machine, '/*', 'mapRun')]) {
    acknowledge(fn, finding, reason);
  }
}

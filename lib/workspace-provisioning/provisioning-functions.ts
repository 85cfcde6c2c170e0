import { Duration } from 'aws-cdk-lib';
import { Construct } from 'constructs';
import type { CheckedConfig } from '../config/check-config.ts';
import { AutomationFunction } from '../functions/automation-function.ts';
import { grantAskedKeyReading } from '../key-rollout/key-access.ts';
import type { StateTables } from '../state/state-tables.ts';

/** The functions of the state machine "Workspace provisioning", each with the rights of its one step. */
export class ProvisioningFunctions extends Construct {
  readonly plan: AutomationFunction;
  readonly ensure: AutomationFunction;
  readonly create: AutomationFunction;
  readonly check: AutomationFunction;
  readonly repair: AutomationFunction;
  readonly remove: AutomationFunction;
  readonly summarize: AutomationFunction;

  /** Every function of the machine. */
  readonly all: readonly AutomationFunction[];

  constructor(scope: Construct, id: string, props: { readonly config: CheckedConfig; readonly tables: StateTables }) {
    super(scope, id);
    const { config, tables } = props;
    const make = (name: string, handler: string, description: string): AutomationFunction =>
      new AutomationFunction(this, name, { config, handler, description, timeout: Duration.minutes(3) });
    this.plan = make('Plan', 'plan-provisioning', 'Plans a new workspace; writes nothing').grantDatabricks();
    this.ensure = make(
      'Ensure',
      'ensure-configurations',
      'Makes the configurations that a new workspace lacks',
    ).grantDatabricks();
    this.create = make(
      'Create',
      'create-workspace',
      'Creates a workspace, or adopts the one there is',
    ).grantDatabricks();
    this.check = make('Check', 'check-workspace', 'Looks at a workspace that is being set up').grantDatabricks();
    this.repair = make('Repair', 'repair-workspace', 'Gives a failed workspace its replacements').grantDatabricks();
    this.remove = make('Remove', 'remove-workspace', 'Deletes a workspace, then its network').grantDatabricks();
    this.summarize = make('Summarize', 'summarize-provisioning', 'Puts a provisioning on record');

    grantAskedKeyReading(this.plan, config, 'DescribeKey', 'GetKeyPolicy');
    for (const fn of [this.ensure, this.repair]) {
      grantAskedKeyReading(fn, config, 'DescribeKey', 'ListKeyRotations');
      tables.grantState(fn, 'GetItem', 'PutItem', 'DeleteItem', 'Query');
    }
    for (const fn of [this.create, this.remove]) tables.grantState(fn, 'GetItem', 'PutItem');
    // The record of who made a workspace is removed once it runs.
    tables.grantState(this.check, 'GetItem', 'PutItem', 'DeleteItem');
    tables.grantState(this.summarize, 'DeleteItem');
    tables.grantEvidence(this.summarize);
    this.all = [this.plan, this.ensure, this.create, this.check, this.repair, this.remove, this.summarize];
  }
}

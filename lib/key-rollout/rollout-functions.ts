import { Duration } from 'aws-cdk-lib';
import { Construct } from 'constructs';
import type { CheckedConfig } from '../config/check-config.ts';
import { AutomationFunction } from '../functions/automation-function.ts';
import type { StateTables } from '../state/state-tables.ts';
import { grantAskedKeyReading } from './key-access.ts';

/** The functions of the state machine "Key rollout", each with the rights of its one step. */
export class RolloutFunctions extends Construct {
  readonly plan: AutomationFunction;
  readonly register: AutomationFunction;
  readonly takeLease: AutomationFunction;
  readonly stopCompute: AutomationFunction;
  readonly patch: AutomationFunction;
  readonly checkKey: AutomationFunction;
  readonly restartCompute: AutomationFunction;
  readonly releaseLease: AutomationFunction;
  readonly summarize: AutomationFunction;

  /** Every function of the machine. */
  readonly all: readonly AutomationFunction[];

  constructor(scope: Construct, id: string, props: { readonly config: CheckedConfig; readonly tables: StateTables }) {
    super(scope, id);
    const { config, tables } = props;
    const make = (name: string, handler: string, description: string): AutomationFunction =>
      new AutomationFunction(this, name, { config, handler, description, timeout: Duration.minutes(3) });

    this.plan = make('Plan', 'plan-key-rollout', 'Plans a key rollout; writes nothing').grantDatabricks();
    this.register = make('Register', 'register-key', 'Registers a KMS key with Databricks, once').grantDatabricks();
    this.takeLease = make('TakeLease', 'take-lease', 'Lets one rollout at a time begin with a workspace');
    this.stopCompute = make(
      'StopCompute',
      'stop-compute',
      'Stops compute of a workspace after writing it down',
    ).grantDatabricks();
    this.patch = make('Patch', 'patch-workspace', 'Points a workspace at a key configuration').grantDatabricks();
    this.checkKey = make(
      'CheckKey',
      'check-key-in-force',
      'Reads whether a workspace steadily uses its new key',
    ).grantDatabricks();
    this.restartCompute = make(
      'RestartCompute',
      'restart-compute',
      'Restarts exactly what was stopped',
    ).grantDatabricks();
    this.releaseLease = make('ReleaseLease', 'release-lease', 'Ends a lease of a workspace');
    this.summarize = make('Summarize', 'summarize-rollout', 'Puts a key rollout on record');

    grantAskedKeyReading(this.plan, config, 'DescribeKey', 'ListKeyRotations', 'GetKeyPolicy');
    grantAskedKeyReading(this.register, config, 'DescribeKey', 'ListKeyRotations');
    tables.grantState(this.plan, 'Query');
    tables.grantState(this.register, 'GetItem', 'PutItem', 'DeleteItem', 'Query');
    // The record that a provisioning made a workspace ends with the first rollout.
    tables.grantState(this.takeLease, 'GetItem', 'PutItem', 'DeleteItem');
    tables.grantState(this.stopCompute, 'GetItem', 'PutItem');
    // What compute rests for is read and, where Databricks refused the change, ended.
    tables.grantState(this.patch, 'GetItem', 'PutItem', 'DeleteItem');
    // The record of what the workspace left is read, confirmed, or removed where it came back.
    tables.grantState(this.checkKey, 'GetItem', 'PutItem', 'DeleteItem', 'Query');
    tables.grantState(this.restartCompute, 'GetItem', 'PutItem', 'DeleteItem');
    tables.grantState(this.releaseLease, 'DeleteItem');
    tables.grantEvidence(this.summarize);
    this.all = [
      this.plan,
      this.register,
      this.takeLease,
      this.stopCompute,
      this.patch,
      this.checkKey,
      this.restartCompute,
      this.releaseLease,
      this.summarize,
    ];
  }
}

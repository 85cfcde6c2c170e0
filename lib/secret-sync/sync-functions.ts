import { Duration } from 'aws-cdk-lib';
import { Construct } from 'constructs';
import type { CheckedConfig } from '../config/check-config.ts';
import { AutomationFunction } from '../functions/automation-function.ts';
import type { StateTables } from '../state/state-tables.ts';
import { grantDescribing, grantListing, grantReading } from './secret-access.ts';

/** The functions of the state machine "Secret sync", each with the rights of its one step. Only one reads values. */
export class SyncFunctions extends Construct {
  readonly plan: AutomationFunction;
  readonly syncScope: AutomationFunction;
  readonly summarize: AutomationFunction;

  /** Every function of the machine. */
  readonly all: readonly AutomationFunction[];

  constructor(scope: Construct, id: string, props: { readonly config: CheckedConfig; readonly tables: StateTables }) {
    super(scope, id);
    const { config, tables } = props;
    const make = (name: string, handler: string, description: string, minutes: number): AutomationFunction =>
      new AutomationFunction(this, name, { config, handler, description, timeout: Duration.minutes(minutes) });

    this.plan = make('Plan', 'plan-secret-sync', 'Plans which secret scopes a sync looks at', 3).grantDatabricks();
    this.syncScope = make(
      'SyncScope',
      'sync-scope',
      'Brings the secrets and the access list of one scope up to date',
      // It ends by itself in time and is run again; the machine waits a minute longer.
      9,
    ).grantDatabricks();
    this.summarize = make('Summarize', 'summarize-secret-sync', 'Puts a secret sync on record', 3);

    for (const fn of [this.plan, this.syncScope]) {
      grantListing(fn);
      grantDescribing(fn, config);
      tables.grantState(fn, 'GetItem', 'PutItem', 'DeleteItem', 'Query');
    }
    grantReading(this.syncScope, config);
    tables.grantState(this.summarize, 'DeleteItem');
    tables.grantEvidence(this.summarize);
    this.all = [this.plan, this.syncScope, this.summarize];
  }
}

import type { Clock, Leases } from '../app/ports.ts';
import type { PruneBudget, RewritesOwed, SecretLedger, SyncRecords, WorkspaceHosts } from '../app/secret-ports.ts';
import { DynamoPruneBudget } from '../aws/dynamo-prune-budget.ts';
import { DynamoRewritesOwed } from '../aws/dynamo-rewrites-owed.ts';
import { DynamoSecretLedger } from '../aws/dynamo-secret-ledger.ts';
import { DynamoSyncRecords } from '../aws/dynamo-sync-records.ts';
import { DynamoWorkspaceHosts } from '../aws/dynamo-workspace-hosts.ts';
import type { Environment } from './settings.ts';
import { sharedState } from './shared-state.ts';

export interface SecretStatePorts {
  readonly clock: Clock;
  readonly leases: Leases;
  readonly ledger: SecretLedger;
  readonly records: SyncRecords;
  readonly hosts: WorkspaceHosts;
  readonly rewrites: RewritesOwed;
  readonly pruneBudget: PruneBudget;
}

/** State of the secret sync in DynamoDB; contains no Databricks client. Fails with SettingsInvalid. */
export function secretStatePorts(environment: Environment): SecretStatePorts {
  const { table, clock, leases } = sharedState(environment);
  return {
    clock,
    leases,
    ledger: new DynamoSecretLedger(table),
    records: new DynamoSyncRecords(table),
    hosts: new DynamoWorkspaceHosts(table),
    rewrites: new DynamoRewritesOwed(table),
    pruneBudget: new DynamoPruneBudget(table, clock),
  };
}

import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import type { Clock, Leases } from '../app/ports.ts';
import type { PruneBudget, RewritesOwed, SecretLedger, SyncRecords, WorkspaceHosts } from '../app/secret-ports.ts';
import { DynamoLeases } from '../aws/dynamo-leases.ts';
import { DynamoPruneBudget } from '../aws/dynamo-prune-budget.ts';
import { DynamoRewritesOwed } from '../aws/dynamo-rewrites-owed.ts';
import { DynamoSecretLedger } from '../aws/dynamo-secret-ledger.ts';
import { DynamoSyncRecords } from '../aws/dynamo-sync-records.ts';
import { DynamoWorkspaceHosts } from '../aws/dynamo-workspace-hosts.ts';
import { StateTable } from '../aws/state-table.ts';
import { type Environment, readSettings } from './settings.ts';

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
  const { stateTable } = readSettings(environment, ['stateTable']);
  const table = new StateTable(new DynamoDBClient({}), stateTable);
  const clock: Clock = () => Date.now();
  return {
    clock,
    leases: new DynamoLeases(table, clock),
    ledger: new DynamoSecretLedger(table),
    records: new DynamoSyncRecords(table),
    hosts: new DynamoWorkspaceHosts(table),
    rewrites: new DynamoRewritesOwed(table),
    pruneBudget: new DynamoPruneBudget(table, clock),
  };
}

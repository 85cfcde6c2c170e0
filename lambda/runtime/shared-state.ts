import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import type { Clock, Leases } from '../app/ports.ts';
import { DynamoLeases } from '../aws/dynamo-leases.ts';
import { StateTable } from '../aws/state-table.ts';
import { type Environment, readSettings } from './settings.ts';

export interface SharedState {
  readonly table: StateTable;
  readonly clock: Clock;
  readonly leases: Leases;
}

/** The state table and what every capability keeps in it. Fails with SettingsInvalid. */
export function sharedState(environment: Environment): SharedState {
  const { stateTable } = readSettings(environment, ['stateTable']);
  const table = new StateTable(new DynamoDBClient({}), stateTable);
  const clock: Clock = () => Date.now();
  return { table, clock, leases: new DynamoLeases(table, clock) };
}

import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import type { Clock, Leases, Registrations, StoppedCompute } from '../app/ports.ts';
import { DynamoLeases } from '../aws/dynamo-leases.ts';
import { DynamoRegistrations } from '../aws/dynamo-registrations.ts';
import { DynamoStoppedCompute } from '../aws/dynamo-stopped-compute.ts';
import { StateTable } from '../aws/state-table.ts';
import { type Environment, readSettings } from './settings.ts';

export interface StatePorts {
  readonly clock: Clock;
  readonly leases: Leases;
  readonly stoppedCompute: StoppedCompute;
  readonly registrations: Registrations;
}

/** State in DynamoDB; contains no Databricks client. */
export function statePorts(environment: Environment): StatePorts {
  const { stateTable } = readSettings(environment, ['stateTable']);
  const table = new StateTable(new DynamoDBClient({}), stateTable);
  const clock: Clock = () => Date.now();
  return {
    clock,
    leases: new DynamoLeases(table, clock),
    stoppedCompute: new DynamoStoppedCompute(table),
    registrations: new DynamoRegistrations(table),
  };
}

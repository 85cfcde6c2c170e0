import type { HeldKeys } from '../app/key-watch-ports.ts';
import type { Clock, ComputeRests, Leases, Registrations, StoppedCompute } from '../app/ports.ts';
import type { Provenance } from '../app/provisioning-ports.ts';
import { DynamoComputeRests } from '../aws/dynamo-compute-rests.ts';
import { DynamoHeldKeys } from '../aws/dynamo-held-keys.ts';
import { DynamoProvenance } from '../aws/dynamo-provenance.ts';
import { DynamoRegistrations } from '../aws/dynamo-registrations.ts';
import { DynamoStoppedCompute } from '../aws/dynamo-stopped-compute.ts';
import type { Environment } from './settings.ts';
import { sharedState } from './shared-state.ts';

export interface StatePorts {
  readonly clock: Clock;
  readonly leases: Leases;
  readonly stoppedCompute: StoppedCompute;
  readonly rests: ComputeRests;
  readonly registrations: Registrations;
  readonly heldKeys: HeldKeys;
  readonly provenance: Provenance;
}

/** State in DynamoDB; contains no Databricks client. */
export function statePorts(environment: Environment): StatePorts {
  const { table, clock, leases } = sharedState(environment);
  return {
    clock,
    leases,
    stoppedCompute: new DynamoStoppedCompute(table),
    rests: new DynamoComputeRests(table),
    registrations: new DynamoRegistrations(table),
    heldKeys: new DynamoHeldKeys(table),
    provenance: new DynamoProvenance(table),
  };
}

import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import type { Clock, Evidence } from '../app/ports.ts';
import { DynamoEvidence } from '../aws/dynamo-evidence.ts';
import { StateTable } from '../aws/state-table.ts';
import { type Environment, readSettings } from './settings.ts';

export interface EvidencePorts {
  readonly evidence: Evidence;
  readonly clock: Clock;
}

/** Evidence in DynamoDB; contains no Databricks client. Fails with SettingsInvalid. */
export function evidencePorts(environment: Environment): EvidencePorts {
  const { evidenceTable } = readSettings(environment, ['evidenceTable']);
  return {
    evidence: new DynamoEvidence(new StateTable(new DynamoDBClient({}), evidenceTable)),
    clock: () => Date.now(),
  };
}

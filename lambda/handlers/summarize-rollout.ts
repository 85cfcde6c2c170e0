import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import middy from '@middy/core';
import { summarizeRollout } from '../app/summarize-rollout.ts';
import { DynamoEvidence } from '../aws/dynamo-evidence.ts';
import { StateTable } from '../aws/state-table.ts';
import type { SummarizeInput } from '../contract/rollout.ts';
import { logged } from '../runtime/logged.ts';
import { readSettings } from '../runtime/settings.ts';

const { evidenceTable } = readSettings(process.env, ['evidenceTable']);
const ports = {
  evidence: new DynamoEvidence(new StateTable(new DynamoDBClient({}), evidenceTable)),
  clock: () => Date.now(),
};

export const handler = middy<SummarizeInput>()
  .use(logged())
  .handler(async (input: SummarizeInput) => summarizeRollout(input, ports));

import { SFNClient } from '@aws-sdk/client-sfn';
import { SNSClient } from '@aws-sdk/client-sns';
import type { ToldNews } from '../app/key-watch-ports.ts';
import type { Executions } from '../app/operation-ports.ts';
import type { Clock, Leases, Messenger, StoppedCompute } from '../app/ports.ts';
import { DynamoStoppedCompute } from '../aws/dynamo-stopped-compute.ts';
import { DynamoToldNews } from '../aws/dynamo-told-news.ts';
import { SnsMessenger } from '../aws/sns-messenger.ts';
import { StepFunctionsExecutions } from '../aws/step-functions-executions.ts';
import type { Home } from '../domain/event.ts';
import { homeOf } from './home.ts';
import { type Environment, readSettings } from './settings.ts';
import { sharedState } from './shared-state.ts';

export interface ComputeCarePorts {
  readonly home: Home;
  readonly executions: Executions;
  readonly leases: Leases;
  readonly stoppedCompute: StoppedCompute;
  readonly told: ToldNews;
  readonly messenger: Messenger;
  readonly clock: Clock;
}

/** What caring for compute needs beside Databricks. Fails with SettingsInvalid. */
export function computeCarePorts(environment: Environment): ComputeCarePorts {
  const { keyRolloutMachine, notificationTopic } = readSettings(environment, [
    'keyRolloutMachine',
    'notificationTopic',
  ]);
  const { table, clock, leases } = sharedState(environment);
  return {
    home: homeOf(keyRolloutMachine),
    executions: new StepFunctionsExecutions(new SFNClient({}), { 'key-rollout': keyRolloutMachine }),
    leases,
    stoppedCompute: new DynamoStoppedCompute(table),
    told: new DynamoToldNews(table, clock, 'compute-news'),
    messenger: new SnsMessenger(new SNSClient({}), notificationTopic),
    clock,
  };
}

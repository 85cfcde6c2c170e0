import { KMSClient } from '@aws-sdk/client-kms';
import { SFNClient } from '@aws-sdk/client-sfn';
import middy from '@middy/core';
import { startKeyRollout } from '../app/start-key-rollout.ts';
import { KmsKeySource } from '../aws/kms-key-source.ts';
import { StepFunctionsRolloutStarter } from '../aws/step-functions-rollout-starter.ts';
import { homeOf } from '../runtime/home.ts';
import { logged } from '../runtime/logged.ts';
import { readBindings, readSettings } from '../runtime/settings.ts';

const { keyRolloutMachine } = readSettings(process.env, ['keyRolloutMachine']);
const ports = {
  bindings: readBindings(process.env),
  home: homeOf(keyRolloutMachine),
  keys: new KmsKeySource(new KMSClient({})),
  rollouts: new StepFunctionsRolloutStarter(new SFNClient({}), keyRolloutMachine),
  clock: () => Date.now(),
};

export const handler = middy()
  .use(logged())
  .handler(async (event: unknown) => startKeyRollout(event, ports));

import { SFNClient } from '@aws-sdk/client-sfn';
import type { StartSyncPorts } from '../app/start-secret-sync.ts';
import { StepFunctionsStarter } from '../aws/step-functions-starter.ts';
import { homeOf } from './home.ts';
import { secretSource } from './secret-source.ts';
import { type Environment, readBindings, readSettings } from './settings.ts';

/** What starting syncs needs; contains no Databricks client. Fails with SettingsInvalid. */
export function secretFrontDoorPorts(environment: Environment): StartSyncPorts {
  const { secretSyncMachine } = readSettings(environment, ['secretSyncMachine']);
  return {
    bindings: readBindings(environment),
    home: homeOf(secretSyncMachine),
    source: secretSource(),
    syncs: new StepFunctionsStarter(new SFNClient({}), secretSyncMachine),
    clock: () => Date.now(),
  };
}

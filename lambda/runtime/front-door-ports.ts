import { SFNClient } from '@aws-sdk/client-sfn';
import type { Executions } from '../app/operation-ports.ts';
import type { Clock, KeySource, Starter } from '../app/ports.ts';
import { StepFunctionsExecutions } from '../aws/step-functions-executions.ts';
import { StepFunctionsStarter } from '../aws/step-functions-starter.ts';
import type { BindingsFile } from '../contract/bindings.ts';
import type { RolloutRequest } from '../contract/rollout.ts';
import type { Home } from '../domain/event.ts';
import { homeOf } from './home.ts';
import { keySource } from './key-source.ts';
import { type Environment, readBindings, readSettings } from './settings.ts';

export interface FrontDoorPorts {
  readonly bindings: BindingsFile;
  readonly home: Home;
  readonly keys: KeySource;
  readonly rollouts: Starter<RolloutRequest>;
  readonly executions: Executions;
  readonly clock: Clock;
}

/** What starting rollouts needs; contains no Databricks client. Fails with SettingsInvalid. */
export function frontDoorPorts(environment: Environment): FrontDoorPorts {
  const { keyRolloutMachine } = readSettings(environment, ['keyRolloutMachine']);
  const sfn = new SFNClient({});
  return {
    bindings: readBindings(environment),
    home: homeOf(keyRolloutMachine),
    keys: keySource(),
    rollouts: new StepFunctionsStarter(sfn, keyRolloutMachine),
    executions: new StepFunctionsExecutions(sfn, { 'key-rollout': keyRolloutMachine }),
    clock: () => Date.now(),
  };
}

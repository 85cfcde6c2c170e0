import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { BindingsFile } from '../contract/bindings.ts';
import { BINDINGS_FILE, ENV } from '../contract/environment.ts';
import { FAILURE } from '../contract/failures.ts';
import { AutomationError } from '../domain/failure.ts';

export type SettingName = keyof typeof ENV;
export type Environment = Readonly<Record<string, string | undefined>>;

/** The named settings, or SettingsInvalid with every one that is missing, or if certificates would not be checked. */
export function readSettings<Name extends SettingName>(
  environment: Environment,
  names: readonly Name[],
): Readonly<Record<Name, string>> {
  refuseBlindTls(environment);
  const missing = names.filter((name) => !environment[ENV[name]]);
  if (missing.length > 0) {
    const list = missing.map((name) => ENV[name]).join(', ');
    throw new AutomationError(
      FAILURE.settingsInvalid,
      `environment: found no ${list}, wanted the values that the stack sets; deploy the stack again`,
    );
  }
  return Object.fromEntries(names.map((name) => [name, environment[ENV[name]]])) as Record<Name, string>;
}

/** Node.js would trust any server with this, those of AWS included. */
function refuseBlindTls({ NODE_TLS_REJECT_UNAUTHORIZED: asked }: Environment): void {
  if (asked !== '0') return;
  throw new AutomationError(
    FAILURE.settingsInvalid,
    'environment: found NODE_TLS_REJECT_UNAUTHORIZED=0, wanted certificates to be checked; remove the variable from the function',
  );
}

/** The checked configuration that was deployed beside the bundle; SettingsInvalid if it is missing or not JSON. */
export function readBindings(environment: Environment): BindingsFile {
  const file = join(environment.LAMBDA_TASK_ROOT ?? '.', BINDINGS_FILE);
  try {
    return JSON.parse(readFileSync(file, 'utf8')) as BindingsFile;
  } catch (error) {
    throw new AutomationError(
      FAILURE.settingsInvalid,
      `${BINDINGS_FILE}: cannot be read, wanted the file that the stack puts beside the function's code; deploy the stack again`,
      { cause: error },
    );
  }
}

/** The Region that the function runs in, as Lambda sets it. */
export const readRegion = (environment: Environment): string => environment.AWS_REGION ?? '';

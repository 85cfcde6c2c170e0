import type { KeyBinding } from '../contract/bindings.ts';
import { parseKeyArn } from './arn.ts';
import type { KeyConfiguration, KmsKey } from './key.ts';
import type { Workspace } from './workspace.ts';

export interface ChosenWorkspaces {
  readonly found: readonly Workspace[];
  /** Ids the binding names that the account does not have. */
  readonly unknown: readonly string[];
}

/**
 * The workspaces a binding means. `using-key` means those that refer, for one of the binding's use cases, to a
 * configuration of this key or of a key that the binding's alias pointed to when it was registered: Databricks keeps the
 * alias as a label, so the old key need not be remembered. A label counts only in the key's own account and Region.
 */
export function chooseWorkspaces(
  binding: KeyBinding,
  key: KmsKey,
  configurations: readonly KeyConfiguration[],
  workspaces: readonly Workspace[],
): ChosenWorkspaces {
  if (binding.workspaces === 'using-key') {
    const ids = new Set(configurations.filter((one) => belongs(one, binding, key)).map(({ id }) => id));
    const uses = (id: string | undefined): boolean => id !== undefined && ids.has(id);
    const found = workspaces.filter(
      (workspace) =>
        (binding.useCases.includes('MANAGED_SERVICES') && uses(workspace.managedServicesKeyId)) ||
        (binding.useCases.includes('STORAGE') && uses(workspace.storageKeyId)),
    );
    return { found, unknown: [] };
  }
  const byId = new Map(workspaces.map((workspace) => [workspace.id, workspace]));
  return {
    found: binding.workspaces.flatMap((id) => byId.get(id) ?? []),
    unknown: binding.workspaces.filter((id) => !byId.has(id)),
  };
}

function belongs(configuration: KeyConfiguration, binding: KeyBinding, key: KmsKey): boolean {
  if (configuration.keyArn === key.arn) return true;
  if (!binding.key.startsWith('alias/') || configuration.keyAlias === undefined) return false;
  const [theirs, ours] = [parseKeyArn(configuration.keyArn), parseKeyArn(key.arn)];
  return (
    sameAlias(configuration.keyAlias, binding.key) &&
    theirs?.account === ours?.account &&
    theirs?.region === ours?.region &&
    theirs?.partition === ours?.partition
  );
}

/** Databricks' own examples write the alias with and without its prefix. */
export const sameAlias = (one: string, other: string): boolean => label(one) === label(other);

const label = (alias: string): string => alias.replace(/^alias\//, '');

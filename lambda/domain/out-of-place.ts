import type { KeyBinding } from '../contract/bindings.ts';
import type { RolloutPlan, SettingName, WorkspacePlan } from '../contract/rollout.ts';
import type { KeyConfiguration, KmsKey } from './key.ts';
import type { Workspace } from './workspace.ts';
import { sameAlias } from './workspace-choice.ts';

/** What a binding wants now, and what there is. */
export interface WantedKey {
  readonly key: KmsKey;
  readonly binding: Pick<KeyBinding, 'key'>;
  /** ISO 8601; of the key's latest rotation. */
  readonly rotatedAt?: string;
  readonly configurations: readonly KeyConfiguration[];
}

/** What was found at a workspace that is not as wanted, in words: what it refers to, and why that is not right. */
export function foundAt(workspace: Workspace, fields: readonly SettingName[], wanted: WantedKey): string {
  const found = fields.map((name) =>
    name === 'storageKeyId'
      ? `it has no storage key; wanted ${keyWords(wanted.key.arn, wanted.key)}`
      : managedServicesFound(workspace.managedServicesKeyId, wanted),
  );
  return found.join('; ');
}

function managedServicesFound(id: string | undefined, { key, binding, rotatedAt, configurations }: WantedKey): string {
  if (id === undefined) return `it has no customer-managed key for managed services; wanted ${keyWords(key.arn, key)}`;
  const current = configurations.find((one) => one.id === id);
  if (current === undefined) {
    return `it refers to key configuration ${id}, which the Databricks account does not list; wanted one for ${keyWords(key.arn, key)}`;
  }
  const { keyArn, keyAlias, useCases, createdAt } = current;
  const refers = `it uses key configuration ${id} for ${keyWords(keyArn, key)}`;
  if (keyArn === key.arn) {
    return useCases.includes('MANAGED_SERVICES')
      ? `${refers}, made ${new Date(createdAt).toISOString()}, before the key was rotated at ${rotatedAt}`
      : `${refers}, which is registered for ${useCases.join(', ')} only`;
  }
  if (keyAlias !== undefined && sameAlias(keyAlias, binding.key)) {
    return `${refers}, to which ${binding.key} pointed before; now it points to ${keyWords(key.arn, key)}`;
  }
  return `${refers}, which is not a key of this binding: somebody set it by hand, or for another binding; wanted ${keyWords(key.arn, key)}`;
}

/** By its id where it belongs to the account and Region of the wanted key: a plan holds these words for each workspace. */
function keyWords(arn: string, { arn: wanted }: KmsKey): string {
  const [place, id = ''] = arn.split(':key/');
  return wanted.startsWith(`${place}:key/`) ? `key ${id}` : `key ${arn}`;
}

/** Workspaces that a report tells one by one: states and messages have an end. */
const MOST_NAMED = 50;

/** A few lines for a person about everything that is not as the binding wants it; null if nothing is. */
export function outOfPlace(
  bindingId: string,
  workspaces: readonly WorkspacePlan[],
  warnings: readonly string[],
): RolloutPlan['outOfPlace'] {
  const found = workspaces.filter(({ action, failure }) => action === 'roll-out' || failure !== undefined);
  if (found.length === 0) return null;
  const more = found.length - MOST_NAMED;
  return [
    `key binding ${bindingId}: ${found.length} of ${workspaces.length} workspaces are not as it wants; nothing was changed`,
    ...found.slice(0, MOST_NAMED).map(line),
    ...(more > 0 ? [`- and ${more} more; a dry run names them all`] : []),
    ...warnings.map((warning) => `warning: ${warning}`),
    `A rollout with {"bindingId":"${bindingId}"} mends what can be mended; with drift: 'repair' the schedule does.`,
  ].join('\n');
}

const line = ({ workspaceId, workspaceName, reason }: WorkspacePlan): string =>
  `- ${workspaceName || 'workspace'} (${workspaceId}): ${reason}`;

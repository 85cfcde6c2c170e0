import { Refusal } from './answer.ts';
import { type Account, checkExists, checkKey, checkUnattached, KEY_USES } from './reference-rules.ts';
import { type Body, onlyKnown, optionalTags, optionalText } from './request-body.ts';
import type { Switches } from './switches.ts';
import type { Workspace } from './workspace.ts';
import { REFERENCES, type Reference, type Settings } from './workspace-settings.ts';
import { askedReferences } from './workspace-update.ts';

const UPDATABLE: readonly string[] = [...REFERENCES, 'custom_tags'];
// Exist in the service; the simulator does not know what an update of them does.
const UNSUPPORTED = ['private_access_settings_id', 'network_connectivity_config_id'];

/** The changes that a PATCH asks for. Refuses fields that are not a workspace's, and an update of nothing. */
export const parseUpdate = (body: Body, mask: string | null, rule: Switches['updateMask']): Settings => {
  const unsupported = UNSUPPORTED.find((field) => body[field] !== undefined);
  if (unsupported !== undefined)
    throw new Refusal(501, 'NOT_IMPLEMENTED', `the simulator does not know ${unsupported}`);
  onlyKnown(body, [...UPDATABLE, 'aws_region']);
  const masked = rule === 'enforced' ? fieldsOf(mask) : UPDATABLE;
  const given = Object.fromEntries(Object.entries(body).filter(([field]) => masked.includes(field)));
  if (Object.keys(given).length === 0)
    throw new Refusal(400, 'MALFORMED_REQUEST', 'No updatable parameters were given');
  const references = REFERENCES.flatMap((field) => {
    const id = optionalText(given, field);
    return id === undefined ? [] : [[field, id] as const];
  });
  return { references: Object.fromEntries(references), customTags: optionalTags(given, 'custom_tags') ?? {} };
};

const fieldsOf = (mask: string | null): readonly string[] => {
  const fields = (mask ?? '').split(',').filter((field) => field !== '');
  const unknown = fields.find((field) => !UPDATABLE.includes(field));
  if (fields.length > 0 && unknown === undefined) return fields;
  throw new Refusal(400, 'INVALID_PARAMETER_VALUE', `update_mask names ${unknown ?? 'nothing'}`);
};

/** Refuses, without looking at compute, an update that this workspace does not accept now. */
export const checkUpdate = (workspace: Workspace, changes: Settings, body: Body, account: Account): void => {
  checkStatus(workspace);
  const region = optionalText(body, 'aws_region');
  // The documentation's example sends the workspace's own region along.
  if (region !== undefined && region !== workspace.seed.region) {
    throw new Refusal(400, 'MALFORMED_REQUEST', `aws_region ${region} cannot replace ${workspace.seed.region}`);
  }
  for (const [field, id] of askedReferences(changes)) {
    checkExists(field, id, account);
    if (field === 'network_id') checkUnattached(id, workspace.id, account);
    if (workspace.status === 'RUNNING') checkWhileRunning(workspace, field);
  }
  if (workspace.status === 'FAILED') checkStorageOfFailed(workspace, changes);
  for (const [field, useCase] of KEY_USES) {
    const id = changes.references[field];
    if (id !== undefined) checkKey(workspace.seed.region, id, useCase, account.keys);
  }
};

const checkStatus = (workspace: Workspace): void => {
  if (workspace.updating || workspace.status === 'PROVISIONING') {
    throw new Refusal(409, 'INVALID_STATE', `Workspace ${workspace.id} is being updated`);
  }
  if (workspace.status === 'RUNNING' || workspace.status === 'FAILED') return;
  throw new Refusal(400, 'INVALID_STATE', `Workspace ${workspace.id} is ${workspace.status} and cannot be updated`);
};

const checkWhileRunning = (workspace: Workspace, field: Reference): void => {
  if (field === 'storage_configuration_id') {
    const text = 'storage_configuration_id cannot be updated on a running workspace';
    throw new Refusal(400, 'MALFORMED_REQUEST', text);
  }
  if (field === 'network_id' && !workspace.customerNetwork) {
    const text = 'network_id can be updated only on a running workspace with a customer-managed VPC';
    throw new Refusal(400, 'MALFORMED_REQUEST', text);
  }
  if (field === 'storage_customer_managed_key_id' && workspace.settings.references[field] !== undefined) {
    const text = 'You cannot replace an existing key configuration for workspace storage';
    throw new Refusal(400, 'MALFORMED_REQUEST', text);
  }
};

const checkStorageOfFailed = (workspace: Workspace, changes: Settings): void => {
  if (changes.references.storage_customer_managed_key_id === undefined || !workspace.wasRunning) return;
  const text = 'The storage key of a failed workspace that was ever running cannot be updated';
  throw new Refusal(400, 'MALFORMED_REQUEST', text);
};

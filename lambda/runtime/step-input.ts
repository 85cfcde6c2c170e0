import type {
  CheckKeyInput,
  KeyFieldName,
  RegisterKeyInput,
  RolloutRequest,
  RolloutTrigger,
  TakeLeaseInput,
  WorkspaceStep,
} from '../contract/rollout.ts';
import { asCount, asList, asObject, asText, wrong } from '../domain/parse.ts';

/** Input of a rollout; people start executions by hand, so it is checked field by field. */
export function parseRolloutRequest(input: unknown): RolloutRequest {
  const fields = asObject(input, 'input');
  const bindingId = asText(fields.bindingId, 'input.bindingId');
  const { dryRun, restartOnly, trigger } = fields;
  if (dryRun !== undefined && typeof dryRun !== 'boolean') throw wrong('input.dryRun', dryRun, 'true or false');
  if (restartOnly !== undefined && typeof restartOnly !== 'boolean') {
    throw wrong('input.restartOnly', restartOnly, 'true or false');
  }
  if (trigger !== undefined) asObject(trigger, 'input.trigger');
  return {
    bindingId,
    ...(dryRun !== undefined && { dryRun }),
    ...(restartOnly !== undefined && { restartOnly }),
    ...(trigger !== undefined && { trigger: trigger as RolloutTrigger }),
  };
}

/** Input of the step that registers a key. */
export function parseRegisterKey(input: unknown): RegisterKeyInput {
  const fields = asObject(input, 'input');
  return {
    bindingId: asText(fields.bindingId, 'input.bindingId'),
    rolloutId: asText(fields.rolloutId, 'input.rolloutId'),
  };
}

/** Input of every step on one workspace. */
export function parseWorkspaceStep(input: unknown): WorkspaceStep {
  const fields = asObject(input, 'input');
  const configuration = fields.keyConfigurationId;
  return {
    bindingId: asText(fields.bindingId, 'input.bindingId'),
    rolloutId: asText(fields.rolloutId, 'input.rolloutId'),
    workspaceId: workspaceId(fields.workspaceId),
    workspaceName: asText(fields.workspaceName, 'input.workspaceName'),
    deploymentName: asText(fields.deploymentName, 'input.deploymentName'),
    fields: asList(fields.fields, 'input.fields').map(fieldName),
    keyConfigurationId: configuration === null ? null : asText(configuration, 'input.keyConfigurationId'),
  };
}

/** Input of the step that takes a workspace's lease. */
export const parseTakeLease = (input: unknown): TakeLeaseInput => ({
  ...parseWorkspaceStep(input),
  waits: asCount(asObject(input, 'input').waits, 'input.waits'),
});

/** Input of the step that reads whether a key is in force. */
export function parseCheckKey(input: unknown): CheckKeyInput {
  const fields = asObject(input, 'input');
  return {
    ...parseWorkspaceStep(input),
    patchedAt: asText(fields.patchedAt, 'input.patchedAt'),
    stableReads: asCount(fields.stableReads, 'input.stableReads'),
  };
}

/** The id stands in a URL path. */
function workspaceId(value: unknown): string {
  const id = asText(value, 'input.workspaceId');
  if (!/^\d{1,19}$/.test(id)) throw wrong('input.workspaceId', id, 'the digits of a workspace id');
  return id;
}

function fieldName(value: unknown, index: number): KeyFieldName {
  if (value === 'managedServices' || value === 'storage') return value;
  throw wrong(`input.fields[${index}]`, value, 'managedServices or storage');
}

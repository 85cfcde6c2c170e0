import type {
  CheckWorkspaceInput,
  CreateWorkspaceInput,
  EnsureInput,
  RemoveWorkspaceInput,
  RepairWorkspaceInput,
  SummarizeProvisioningInput,
  WorkspaceInSetup,
} from '../contract/provisioning.ts';
import { asObject, asText, wrong } from '../domain/parse.ts';
import { asWorkspaceId } from './rollout-target.ts';

type Fields = Readonly<Record<string, unknown>>;

/** Inputs that the state machine makes of what the plan checked; only what stands in paths and keys is checked again. */
export const parseEnsure = (input: unknown): EnsureInput => {
  const fields = asObject(input, 'input');
  asText(fields.provisioningId, 'input.provisioningId');
  asObject(fields.setup, 'input.setup');
  if (fields.workspaceId !== null) asWorkspaceId(fields.workspaceId, 'input.workspaceId');
  return fields as unknown as EnsureInput;
};

export const parseCreateWorkspace = (input: unknown): CreateWorkspaceInput => {
  const fields = asObject(input, 'input');
  asText(fields.provisioningId, 'input.provisioningId');
  asText(asObject(fields.request, 'input.request').workspaceName, 'input.request.workspaceName');
  asObject(fields.settings, 'input.settings');
  return fields as unknown as CreateWorkspaceInput;
};

export const parseCheckWorkspace = (input: unknown): CheckWorkspaceInput => {
  const fields = inSetup(input);
  asText(fields.since, 'input.since');
  return fields as unknown as CheckWorkspaceInput;
};

export const parseRepairWorkspace = (input: unknown): RepairWorkspaceInput => {
  const fields = inSetup(input);
  asObject(fields.replacements, 'input.replacements');
  return fields as unknown as RepairWorkspaceInput;
};

export const parseRemoveWorkspace = (input: unknown): RemoveWorkspaceInput => {
  const fields = asObject(input, 'input');
  asText(fields.provisioningId, 'input.provisioningId');
  asWorkspaceId(fields.workspaceId, 'input.workspaceId');
  asText(fields.workspaceName, 'input.workspaceName');
  asText(fields.since, 'input.since');
  if (typeof fields.isAsked !== 'boolean') throw wrong('input.isAsked', fields.isAsked, 'true or false');
  return fields as unknown as RemoveWorkspaceInput;
};

export const parseSummarizeProvisioning = (input: unknown): SummarizeProvisioningInput => {
  const fields = asObject(input, 'input');
  asText(fields.provisioningId, 'input.provisioningId');
  return fields as unknown as SummarizeProvisioningInput;
};

function inSetup(input: unknown): Fields {
  const fields: Fields & Partial<Record<keyof WorkspaceInSetup, unknown>> = asObject(input, 'input');
  asText(fields.provisioningId, 'input.provisioningId');
  asWorkspaceId(fields.workspaceId, 'input.workspaceId');
  asText(fields.deploymentName, 'input.deploymentName');
  return fields;
}

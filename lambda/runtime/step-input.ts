import type { KeyBinding } from '../contract/bindings.ts';
import type {
  CheckKeyInput,
  RegisterKeyInput,
  RolloutRequest,
  RolloutTrigger,
  SettingName,
  TakeLeaseInput,
  Treatment,
  WorkspaceStep,
} from '../contract/rollout.ts';
import { asCount, asList, asObject, asText, wrong } from '../domain/parse.ts';
import { SETTING_NAMES } from '../domain/workspace-settings.ts';
import { parseTrigger, type TriggerForm } from './parse-trigger.ts';
import { asSettings, asWorkspaceId, parseRolloutTarget } from './rollout-target.ts';

/** Input of a rollout; people start executions by hand, so it is checked field by field. */
export function parseRolloutRequest(input: unknown): RolloutRequest {
  const fields = asObject(input, 'input');
  const { dryRun, trigger } = fields;
  if (dryRun !== undefined && typeof dryRun !== 'boolean') throw wrong('input.dryRun', dryRun, 'true or false');
  return {
    ...parseRolloutTarget(fields),
    ...(dryRun !== undefined && { dryRun }),
    ...(trigger !== undefined && { trigger: parseTrigger(trigger, 'input.trigger', TRIGGER) }),
  };
}

const TRIGGER: TriggerForm<RolloutTrigger['kind'], Exclude<keyof RolloutTrigger, 'kind'>> = {
  kinds: ['material-rotation', 'key-replacement', 'request', 'schedule', 'clean-up'],
  facts: ['keyArn', 'materialId', 'eventId', 'eventTime'],
};

/** Input of the step that registers a key; the plan made its binding. */
export function parseRegisterKey(input: unknown): RegisterKeyInput {
  const fields = asObject(input, 'input');
  return {
    binding: asObject(fields.binding, 'input.binding') as unknown as KeyBinding,
    rolloutId: asText(fields.rolloutId, 'input.rolloutId'),
  };
}

/** Input of every step on one workspace. */
export function parseWorkspaceStep(input: unknown): WorkspaceStep {
  const fields = asObject(input, 'input');
  const { keyConfigurationId, settings, needsRest, redeploys } = fields;
  return {
    subject: asText(fields.subject, 'input.subject'),
    rolloutId: asText(fields.rolloutId, 'input.rolloutId'),
    workspaceId: asWorkspaceId(fields.workspaceId, 'input.workspaceId'),
    workspaceName: asText(fields.workspaceName, 'input.workspaceName'),
    deploymentName: asText(fields.deploymentName, 'input.deploymentName'),
    fields: asList(fields.fields, 'input.fields').map(settingName),
    needsRest: needsRest === true,
    redeploys: redeploys === true,
    keyConfigurationId: keyConfigurationId === null ? null : asText(keyConfigurationId, 'input.keyConfigurationId'),
    settings: settings === null ? null : asSettings(settings, 'input.settings'),
    treatment: asObject(fields.treatment, 'input.treatment') as unknown as Treatment,
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
    rested: fields.rested === true,
  };
}

function settingName(value: unknown, index: number): SettingName {
  const name = SETTING_NAMES.find((one) => one === value);
  if (name === undefined) throw wrong(`input.fields[${index}]`, value, `one of ${SETTING_NAMES.join(', ')}`);
  return name;
}

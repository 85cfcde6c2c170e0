import type { PlanSyncInput } from '../app/plan-secret-sync.ts';
import type {
  ScopeResult,
  SummarizeSyncInput,
  SyncPlan,
  SyncRequest,
  SyncScopeInput,
  SyncTrigger,
} from '../contract/secret-sync.ts';
import { asCount, asList, asObject, asText, wrong } from '../domain/parse.ts';
import { parseTrigger, type TriggerForm } from './parse-trigger.ts';

const KNOWN: ReadonlySet<string> = new Set([
  ...['bindings', 'workspaces', 'scopes', 'secret', 'dryRun', 'rewrite', 'confirmDeletes', 'trigger'],
]);

/** Input of the step that plans a sync; its request is what people start executions with, so it is checked field by field. */
export function parsePlanSync(input: unknown): PlanSyncInput {
  const fields = asObject(input, 'input');
  return { request: parseSyncRequest(fields.request), syncId: asText(fields.syncId, 'input.syncId') };
}

function parseSyncRequest(given: unknown): SyncRequest {
  const fields = asObject(given, 'input');
  const unknown = Object.keys(fields).find((name) => !KNOWN.has(name));
  if (unknown !== undefined) throw wrong(`input.${unknown}`, fields[unknown], `one of ${[...KNOWN].join(', ')}`);
  const { secret, confirmDeletes, trigger } = fields;
  return {
    ...names(fields, 'bindings'),
    ...names(fields, 'workspaces'),
    ...names(fields, 'scopes'),
    ...flag(fields, 'dryRun'),
    ...flag(fields, 'rewrite'),
    ...(secret !== undefined && { secret: asSecretId(secret, 'input.secret') }),
    ...(confirmDeletes !== undefined && { confirmDeletes: asCount(confirmDeletes, 'input.confirmDeletes') }),
    ...(trigger !== undefined && { trigger: parseTrigger(trigger, 'input.trigger', TRIGGER) }),
  };
}

const TRIGGER: TriggerForm<SyncTrigger['kind'], Exclude<keyof SyncTrigger, 'kind'>> = {
  kinds: ['secret-changed', 'schedule', 'key-rollout', 'provisioning', 'request'],
  facts: ['event', 'eventId', 'eventTime'],
};

/** It is asked for at Secrets Manager, and told of where it is not found. */
function asSecretId(value: unknown, path: string): string {
  const id = asText(value, path);
  if (!/^[\w/+=.@!:-]{1,640}$/.test(id)) throw wrong(path, id, 'the name or ARN of a secret');
  return id;
}

type Fields = Readonly<Record<string, unknown>>;

function names(fields: Fields, name: string): Fields {
  const value = fields[name];
  if (value === undefined) return {};
  return { [name]: asList(value, `input.${name}`).map((one, index) => asText(one, `input.${name}[${index}]`)) };
}

function flag(fields: Fields, name: string): Fields {
  const value = fields[name];
  if (value === undefined) return {};
  if (typeof value !== 'boolean') throw wrong(`input.${name}`, value, 'true or false');
  return { [name]: value };
}

/** Input of the step that syncs one scope. */
export function parseSyncScope(input: unknown): SyncScopeInput {
  const fields = asObject(input, 'input');
  const text = (name: string): string => asText(fields[name], `input.${name}`);
  const texts = (name: string): readonly string[] =>
    asList(fields[name], `input.${name}`).map((one, index) => asText(one, `input.${name}[${index}]`));
  return {
    workspaceId: text('workspaceId'),
    workspaceName: text('workspaceName'),
    deploymentName: text('deploymentName'),
    scope: text('scope'),
    bindingIds: texts('bindingIds'),
    secrets: fields.secrets === null ? null : texts('secrets'),
    rewriteId: fields.rewriteId === null ? null : text('rewriteId'),
    reportLimit: asCount(fields.reportLimit, 'input.reportLimit'),
    syncId: text('syncId'),
    owner: text('owner'),
    dryRun: fields.dryRun === true,
    confirmDeletes: asCount(fields.confirmDeletes, 'input.confirmDeletes'),
    earlier: fields.earlier === null ? null : (asObject(fields.earlier, 'input.earlier') as unknown as ScopeResult),
  };
}

/** Input of the step that sums a sync up; it comes from our own steps. */
export function parseSummarizeSync(input: unknown): SummarizeSyncInput {
  const fields = asObject(input, 'input');
  return {
    request: asObject(fields.request, 'input.request') as SyncRequest,
    plan: asObject(fields.plan, 'input.plan') as unknown as SyncPlan,
    syncId: asText(fields.syncId, 'input.syncId'),
    startedAt: asText(fields.startedAt, 'input.startedAt'),
    results: asList(fields.results, 'input.results') as readonly ScopeResult[],
  };
}

import type { BindingsFile } from '../contract/bindings.ts';
import { FAILURE } from '../contract/failures.ts';
import type { SecretBinding } from '../contract/secret-bindings.ts';
import type { ScopePlan, SyncPlan, SyncProblem, SyncRequest } from '../contract/secret-sync.ts';
import { AutomationError } from '../domain/failure.ts';
import { isDue } from '../domain/rewrite-owed.ts';
import { type ScopePlace, sameName } from '../domain/secret.ts';
import { parseSecretArn } from '../domain/secret-event.ts';
import { isCredentialSecret } from '../domain/secret-selection.ts';
import { boundPlaces, namedPlaces, wantedPlaces } from '../domain/sync-places.ts';
import { inTurn, type LastLook } from '../domain/sync-turn.ts';
import { askForHosts, type FoundHosts, type HostPorts, rememberedHosts } from './find-hosts.ts';
import type { CallCount } from './ports.ts';
import type { RewritesOwed, SecretLedger, SecretSource, SyncRecords } from './secret-ports.ts';
import { selectSecrets } from './select-secrets.ts';

export interface PlanSyncPorts extends HostPorts {
  readonly bindings: BindingsFile;
  readonly source: SecretSource;
  readonly ledger: SecretLedger;
  readonly records: SyncRecords;
  readonly rewrites: RewritesOwed;
  readonly calls: CallCount;
}

export interface PlanSyncInput {
  readonly request: SyncRequest;
  /** ARN of the sync's execution. */
  readonly syncId: string;
}

/** So many scopes, with their results and what a person wants to know of them, fit into one state of 256 KiB. */
const MOST_SCOPES = 200;

const MOST_WARNINGS = 20;

/** Secrets that the results of one sync may list all together. */
const MOST_REPORTED = 300;

/**
 * Which scopes a sync will look at. For one secret: those that want it and those that the ledger says hold it. Reads AWS,
 * the ledger and, unless one secret is asked for, the account's workspaces. Fails with BindingUnknown or InputInvalid.
 */
export async function planSecretSync({ request, syncId }: PlanSyncInput, ports: PlanSyncPorts): Promise<SyncPlan> {
  const chosen = chooseBindings(request, ports.bindings.secretBindings);
  const found =
    request.secret === undefined ? await everything(chosen, ports) : await oneSecret(request.secret, chosen, ports);
  const { hosts, secrets } = found;
  const bound = boundPlaces(found.places, ports.bindings.secretBindings, hosts.inRegion).filter((place) =>
    isAskedFor(place, request),
  );
  const owed = secrets === null ? await rewritesDue(hosts, ports) : new Map<string, string>();
  const problems: SyncProblem[] = [];
  const scopes: ScopePlan[] = [];
  for (const { workspaceId, scope, bindingIds } of bound) {
    const host = hosts.byId.get(workspaceId);
    if (host === undefined) {
      if (!problems.some((problem) => problem.workspaceId === workspaceId)) problems.push(noHost(workspaceId, hosts));
      continue;
    }
    const rewriteId = owed.get(workspaceId) ?? (request.rewrite === true ? syncId : null);
    const { name: workspaceName, deploymentName } = host;
    scopes.push({ workspaceId, workspaceName, deploymentName, scope, bindingIds, secrets, rewriteId, reportLimit: 0 });
  }
  const { now, later } = inTurn(scopes, found.looks, MOST_SCOPES);
  const reportLimit = Math.floor(MOST_REPORTED / Math.max(1, now.length));
  return {
    scopes: now.map((plan) => ({ ...plan, reportLimit })),
    problems,
    postponed: [...new Set(later.map(({ workspaceId }) => workspaceId))],
    warnings: [
      ...(later.length === 0 ? [] : [postponedWords(now.length, scopes.length)]),
      ...found.warnings.slice(0, MOST_WARNINGS),
    ],
    headline: `${now.length} ${now.length === 1 ? 'scope' : 'scopes'} to look at`,
    calls: ports.calls(),
  };
}

/** Rewrites that are owed and may be made now, by workspace id. */
async function rewritesDue({ keys }: FoundHosts, { rewrites }: PlanSyncPorts): Promise<ReadonlyMap<string, string>> {
  const owed = [...(await rewrites.owed())].filter(([id, debt]) => isDue(debt, keys.get(id)));
  return new Map(owed.map(([id, { rewriteId }]) => [id, rewriteId]));
}

function chooseBindings({ bindings: asked }: SyncRequest, all: readonly SecretBinding[]): readonly SecretBinding[] {
  const unknown = asked?.find((id) => !all.some((binding) => binding.id === id));
  if (unknown !== undefined) {
    throw new AutomationError(
      FAILURE.bindingUnknown,
      `input.bindings: found ${JSON.stringify(unknown)}, wanted one of: ${all.map(({ id }) => id).join(', ')}`,
    );
  }
  return asked === undefined ? all : all.filter(({ id }) => asked.includes(id));
}

interface Found {
  readonly places: readonly ScopePlace[];
  readonly hosts: FoundHosts;
  /** ARNs; null for everything. */
  readonly secrets: readonly string[] | null;
  readonly warnings: readonly string[];
  /** When scopes were last looked at as a whole. */
  readonly looks: readonly LastLook[];
}

/** Scopes that bindings name, that tags name, and that were filled before by bindings that heed tags. */
async function everything(chosen: readonly SecretBinding[], ports: PlanSyncPorts): Promise<Found> {
  const hosts = await askForHosts(ports);
  const places = chosen.flatMap((binding) => namedPlaces(binding, hosts.everywhere));
  const tagged = chosen.filter(({ select }) => select.kind === 'tags');
  const { source, records, bindings } = ports;
  const selected = { source, credentialSecret: bindings.credentialSecret };
  const wanted = await Promise.all(
    tagged.map(async (binding) => wantedPlaces(binding, await selectSecrets(binding, selected), hosts)),
  );
  const looks = await records.scopes();
  const before = looks.filter(({ bindingIds }) => tagged.some(({ id }) => bindingIds.includes(id)));
  return {
    places: [...places, ...wanted.flatMap((one) => one.places), ...before],
    hosts,
    secrets: null,
    warnings: wanted.flatMap(({ objections }) => objections),
    looks,
  };
}

async function oneSecret(id: string, chosen: readonly SecretBinding[], ports: PlanSyncPorts): Promise<Found> {
  const secret = await ports.source.describe(id);
  const arn = typeof secret === 'string' ? parseSecretArn(id)?.arn : secret.arn;
  const nowhere = { places: [], hosts: await rememberedHosts(ports), secrets: [], looks: [] };
  if (arn === undefined) return { ...nowhere, warnings: [`no secret ${id} is to be seen; name it by its ARN`] };
  if (typeof secret !== 'string' && isCredentialSecret(ports.bindings.credentialSecret, secret)) {
    return {
      ...nowhere,
      warnings: [`secret ${secret.name} holds the credentials of this product and is never synced`],
    };
  }
  const held = await ports.ledger.scopesOf(arn);
  const secrets = typeof secret === 'string' ? [] : [secret];
  const look = (hosts: FoundHosts) => chosen.map((binding) => wantedPlaces(binding, secrets, hosts));
  const remembered = look(nowhere.hosts);
  const known = [...remembered.flatMap(({ places }) => places), ...held];
  // Before the first whole sync no host is remembered, and bindings may mean workspaces that are new.
  const isKnown = nowhere.hosts.byId.size > 0 && known.every((place) => nowhere.hosts.byId.has(place.workspaceId));
  const hosts = isKnown ? nowhere.hosts : await askForHosts(ports);
  const wanted = isKnown ? remembered : look(hosts);
  return {
    places: [...wanted.flatMap(({ places }) => places), ...held],
    hosts,
    secrets: [arn],
    warnings: wanted.flatMap(({ objections }) => objections),
    looks: [],
  };
}

const isAskedFor = ({ workspaceId, scope }: ScopePlace, { workspaces, scopes }: SyncRequest): boolean =>
  (workspaces === undefined || workspaces.includes(workspaceId)) &&
  (scopes === undefined || scopes.some((asked) => sameName(asked) === sameName(scope)));

function noHost(workspaceId: string, { statuses }: FoundHosts): SyncProblem {
  const status = statuses.get(workspaceId);
  const failure =
    status === undefined
      ? {
          name: FAILURE.workspaceNotFound,
          message: `workspace ${workspaceId} does not exist in this Databricks account, or the service principal may not see it; correct the secret bindings`,
        }
      : {
          name: FAILURE.workspaceNotRunning,
          message: `workspace ${workspaceId} is ${status}; its secrets are synced when it runs`,
        };
  return { workspaceId, scope: null, failure };
}

const postponedWords = (now: number, all: number): string =>
  `${now} of ${all} scopes are looked at, those that waited longest; the next sync goes on with the others`;

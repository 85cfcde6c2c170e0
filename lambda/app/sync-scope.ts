import type { BindingsFile } from '../contract/bindings.ts';
import { FAILURE } from '../contract/failures.ts';
import type { SecretBinding } from '../contract/secret-bindings.ts';
import type {
  AccessResult,
  ScopeResult,
  SecretResult,
  SyncScopeInput,
  SyncScopeOutput,
} from '../contract/secret-sync.ts';
import { AutomationError, isFailure } from '../domain/failure.ts';
import type { ScopeLedger } from '../domain/ledger.ts';
import { planScope, type ScopeActions } from '../domain/scope-plan.ts';
import { countStatuses, NO_ACCESS, reported, withEarlier, worthListing } from '../domain/scope-result.ts';
import { type ScopePlace, sameName } from '../domain/secret.ts';
import { wantsThere } from '../domain/secret-selection.ts';
import { type Contribution, type Spread, type Wanted, wantedKeys } from '../domain/wanted-keys.ts';
import { checkDestination } from './check-destination.ts';
import type { CallCount, Clock, Leases } from './ports.ts';
import { pruneSecrets } from './prune-secrets.ts';
import { readSpreads } from './read-spreads.ts';
import { resultsOf } from './scope-report.ts';
import { createScope, lookAt, type Standing } from './scope-standing.ts';
import type {
  PruneBudget,
  SecretLedger,
  SecretScopes,
  SecretSource,
  SyncRecords,
  WorkspaceHosts,
} from './secret-ports.ts';
import { describeSecrets, selectSecrets } from './select-secrets.ts';
import { syncAccess } from './sync-access.ts';
import { nothingWritten, type Written, writeSecrets } from './write-secrets.ts';

export interface SyncScopePorts {
  readonly bindings: BindingsFile;
  readonly source: SecretSource;
  readonly scopes: SecretScopes;
  readonly ledger: SecretLedger;
  readonly records: SyncRecords;
  readonly hosts: WorkspaceHosts;
  readonly pruneBudget: PruneBudget;
  readonly leases: Leases;
  readonly calls: CallCount;
  readonly clock: Clock;
  readonly pause: (ms: number) => Promise<void>;
  readonly random: () => number;
  /** Milliseconds left of this invocation. */
  readonly timeLeft: () => number;
}

/** Longer than the step may run: a lease that an invocation left behind is free again soon after. */
const LEASE_MS = 11 * 60_000;

/**
 * Brings one scope to what its bindings want: list, compare, write, confirm. Only one sync at a time works on a scope;
 * another one fails with SecretScopeBusy and is tried again. Fails where the scope as a whole cannot be synced; one bad
 * secret is a result among others.
 */
export async function syncScope(input: SyncScopeInput, ports: SyncScopePorts): Promise<SyncScopeOutput> {
  if (input.dryRun) return sync(input, ports);
  const lease = `secret-scope/${input.workspaceId}/${sameName(input.scope)}`;
  const answer = await ports.leases.take(lease, input.owner, ports.clock() + LEASE_MS);
  if (answer.kind === 'taken') {
    throw new AutomationError(
      FAILURE.scopeBusy,
      `scope ${input.scope} of workspace ${input.workspaceId} is being synced by ${answer.owner}; this sync waits for it`,
    );
  }
  try {
    return await sync(input, ports);
  } finally {
    await ports.leases.release(lease, input.owner);
  }
}

async function sync(input: SyncScopeInput, ports: SyncScopePorts): Promise<SyncScopeOutput> {
  const { done, result } = await carryOut(await prepare(input, ports), ports).catch(async (error: unknown) => {
    await note(failedResult(input, error, ports), input, ports);
    throw error;
  });
  const whole = withEarlier(result, input.earlier);
  await note(whole, input, ports);
  return { done, result: reported(whole, input.reportLimit) };
}

/** A sync of single secrets knows nothing of the others: what the last look at the whole scope found stays. */
async function note(result: ScopeResult, { dryRun, secrets }: SyncScopeInput, ports: SyncScopePorts): Promise<void> {
  if (dryRun) return;
  if (secrets === null) await ports.records.note(result, ports.clock());
  else await ports.records.noteFilled(result);
}

const failedResult = (input: SyncScopeInput, error: unknown, { calls }: SyncScopePorts): ScopeResult => {
  const { workspaceId, workspaceName, scope, bindingIds } = input;
  const { name, message } = error instanceof AutomationError ? error : { name: 'Error', message: 'see the log' };
  return {
    ...{ workspaceId, workspaceName, scope, bindingIds, failure: { name, message } },
    ...{ counts: countStatuses([]), rewritten: 0, secrets: [], access: NO_ACCESS, created: false, calls: calls() },
  };
};

/** Everything that is known before Databricks is asked. */
interface Task {
  readonly input: SyncScopeInput;
  readonly place: ScopePlace;
  readonly bindings: readonly SecretBinding[];
  readonly known: ScopeLedger;
  readonly spreads: ReadonlyMap<string, Spread>;
  readonly wanted: Wanted;
}

async function prepare(input: SyncScopeInput, ports: SyncScopePorts): Promise<Task> {
  const { workspaceId, scope } = input;
  const place = { workspaceId, scope };
  const [bindings, known] = await Promise.all([checkDestination(input, ports), ports.ledger.read(place)]);
  const wants = async (secrets: SyncScopeInput['secrets']): Promise<Task> => {
    const contributions = await contributionsTo(place, bindings, secrets, ports);
    const spreads = await readSpreads(place, contributions, known, { ...ports, keep: !input.dryRun });
    const wanted = wantedKeys(contributions, spreads, known.entries);
    return { input: { ...input, secrets }, place, bindings, known, spreads, wanted };
  };
  const task = await wants(input.secrets);
  if (input.secrets === null) return task;
  const rivals = rivalsOf(task.wanted, known).filter((arn) => !input.secrets?.includes(arn));
  return rivals.length === 0 ? task : wants([...input.secrets, ...rivals]);
}

/** Secrets that the ledger says stand in keys which other secrets want: whether they still do has to be looked at. */
const rivalsOf = (wanted: Wanted, { entries }: ScopeLedger): readonly string[] =>
  entries.filter(({ key }) => wanted.claimed.has(sameName(key))).map(({ secretArn }) => secretArn);

async function contributionsTo(
  place: ScopePlace,
  bindings: readonly SecretBinding[],
  arns: readonly string[] | null,
  { source, bindings: { credentialSecret } }: SyncScopePorts,
): Promise<readonly Contribution[]> {
  const ports = { source, credentialSecret };
  const named = arns === null ? null : await describeSecrets(arns, ports);
  const contributions: Contribution[] = [];
  for (const binding of bindings) {
    const secrets = named ?? (await selectSecrets(binding, ports));
    contributions.push({ binding, secrets: secrets.filter((secret) => wantsThere(binding, secret, place)) });
  }
  return contributions;
}

async function carryOut(task: Task, ports: SyncScopePorts): Promise<SyncScopeOutput> {
  if (!isAllOnRecord(task)) return act(task, await lookAt(task.place, ports.scopes), ports);
  try {
    return await act(task, { scope: task.place.scope, exists: true, keys: null }, ports);
  } catch (error) {
    if (!isFailure(error, FAILURE.scopeNotFound)) throw error;
    return act({ ...task, known: await ports.ledger.read(task.place) }, await lookAt(task.place, ports.scopes), ports);
  }
}

/** Where single secrets are looked at, all of whose keys we wrote before, there is no need to look at the scope first. */
function isAllOnRecord({ input, wanted, known }: Task): boolean {
  if (input.secrets === null) return false;
  return wanted.keys.every(({ key, secretArn }) =>
    known.entries.some(
      (entry) => sameName(entry.key) === sameName(key) && entry.secretArn === secretArn && entry.updatedAt !== null,
    ),
  );
}

async function act(task: Task, standing: Standing, ports: SyncScopePorts): Promise<SyncScopeOutput> {
  const { input, place, bindings, known, wanted } = task;
  const actions = planScope({
    wanted,
    actual: standing.keys,
    ledger: known.entries,
    looked: input.secrets === null ? null : new Set(input.secrets),
    rewriteId: input.rewriteId,
    bindings: new Map(bindings.map((binding) => [binding.id, binding])),
  });
  const created = !standing.exists && actions.put.length > 0;
  const told = { task, actions, standing, created };
  if (input.dryRun) return tell(told, ports);
  if (created) await createScope(standing.scope, bindings, ports.scopes);
  const access = created || standing.exists ? await accessOf(told, ports) : NO_ACCESS;
  const written = await writeSecrets(standing.scope, place, actions.put, ports, input.rewriteId);
  if (written.left.length > 0 && written.written.length === 0) throw nothingWritten(place);
  const pruned = await prune(told, ports);
  for (const entry of actions.forget) await ports.ledger.remove(place, entry);
  for (const entry of comeBack(actions, known)) await ports.ledger.write(place, { ...entry, goneSince: null });
  const results = [...wanted.refused, ...resultsOf(actions, written), ...pruned];
  return { done: written.left.length === 0, result: resultOf({ task, results, written, access, created }, ports) };
}

/** What `act` would do, for a dry run. */
async function tell(told: Told, ports: SyncScopePorts): Promise<SyncScopeOutput> {
  const { task, actions, standing, created } = told;
  const written = { written: actions.put, failed: [], left: [] };
  const access = standing.exists ? await accessOf(told, ports) : NO_ACCESS;
  const results = [...task.wanted.refused, ...resultsOf(actions, written), ...(await prune(told, ports))];
  return { done: true, result: resultOf({ task, results, written, access, created }, ports) };
}

interface Told {
  readonly task: Task;
  readonly actions: ScopeActions;
  readonly standing: Standing;
  readonly created: boolean;
}

/** Access is looked at only together with the scope as a whole. */
async function accessOf({ task, standing }: Told, ports: SyncScopePorts): Promise<AccessResult> {
  if (standing.keys === null) return NO_ACCESS;
  const { place, bindings, known, input } = task;
  return syncAccess({ scope: standing.scope, place, bindings, known, dryRun: input.dryRun }, ports);
}

const prune = ({ task, actions, standing }: Told, ports: SyncScopePorts): Promise<readonly SecretResult[]> => {
  const { input, place, bindings, spreads } = task;
  return pruneSecrets({ ...input, scope: standing.scope, place, bindings, stale: actions.stale, spreads }, ports);
};

/** Entries of secrets that were about to go and are wanted again: their grace begins anew if they go once more. */
const comeBack = ({ unchanged }: ScopeActions, { entries }: ScopeLedger) => {
  const wanted = new Set(unchanged.map(({ key }) => sameName(key)));
  return entries.filter(({ key, goneSince }) => goneSince !== null && wanted.has(sameName(key)));
};

interface Outcome {
  readonly task: Task;
  readonly results: readonly SecretResult[];
  readonly written: Written;
  readonly access: AccessResult;
  readonly created: boolean;
}

function resultOf({ task, results, written, access, created }: Outcome, { calls }: SyncScopePorts): ScopeResult {
  const { workspaceId, workspaceName, scope, bindingIds } = task.input;
  return {
    ...{ workspaceId, workspaceName, scope, bindingIds, access, created },
    counts: countStatuses(results),
    rewritten: task.input.rewriteId === null ? 0 : written.written.length,
    secrets: worthListing(results),
    failure: null,
    calls: calls(),
  };
}

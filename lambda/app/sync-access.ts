import { FAILURE } from '../contract/failures.ts';
import type { AccessRule, SecretBinding } from '../contract/secret-bindings.ts';
import type { AccessResult, SyncFailure } from '../contract/secret-sync.ts';
import { type AccessActions, accessNotInForce, planAccess } from '../domain/access-plan.ts';
import { isFailure } from '../domain/failure.ts';
import type { ScopeLedger } from '../domain/ledger.ts';
import type { ScopePlace } from '../domain/secret.ts';
import type { SecretLedger, SecretScopes } from './secret-ports.ts';

export interface AccessPorts {
  readonly scopes: SecretScopes;
  readonly ledger: SecretLedger;
  readonly pause: (ms: number) => Promise<void>;
}

export interface AccessTask {
  /** As the scope is spelled in the workspace. */
  readonly scope: string;
  readonly place: ScopePlace;
  readonly bindings: readonly SecretBinding[];
  readonly known: ScopeLedger;
  /** Tell what would be changed; change nothing. */
  readonly dryRun: boolean;
}

/** Looks after which access that does not show fails: 0.5 s apart at first, twice as far each time, a minute in all. */
const MOST_LOOKS = 8;
const FIRST_PAUSE_MS = 500;
const LONGEST_PAUSE_MS = 15_000;

/**
 * Brings a scope's access list to what its bindings want, one change at a time, because Databricks loses some of those
 * that are made side by side; then reads it back until every change shows, and makes those that do not show once more. A
 * principal that is refused fails alone.
 */
export async function syncAccess(task: AccessTask, ports: AccessPorts): Promise<AccessResult> {
  const { scope, place, bindings, known, dryRun } = task;
  const [actual, own] = await Promise.all([ports.scopes.access(scope), ports.scopes.identity()]);
  const plan = planAccess({ bindings, actual, granted: known.grants, own });
  const failures = dryRun ? new Map<string, SyncFailure>() : await bringInForce(scope, place, plan, ports);
  const isDone = (principal: string): boolean => !failures.has(principal);
  if (!dryRun) for (const principal of plan.revoke.filter(isDone)) await ports.ledger.removeGrant(place, principal);
  return {
    granted: plan.grant.filter(({ principal }) => isDone(principal)).map(shown),
    removed: plan.revoke.filter(isDone),
    others: plan.others.map(shown),
    failures: [...failures].map(([principal, failure]) => ({ principal, failure })),
  };
}

const shown = ({ principal, permission }: AccessRule): string => `${principal} ${permission}`;

type Failures = Map<string, SyncFailure>;

async function bringInForce(
  scope: string,
  place: ScopePlace,
  plan: AccessActions,
  { scopes, ledger, pause }: AccessPorts,
): Promise<Failures> {
  const failures: Failures = new Map();
  const change = async ({ grant, revoke }: AccessActions): Promise<void> => {
    for (const rule of grant) {
      await ledger.noteGrant(place, rule.principal);
      await unlessRefused(rule.principal, failures, () => scopes.grant(scope, rule));
    }
    for (const principal of revoke) await unlessRefused(principal, failures, () => scopes.revoke(scope, principal));
  };
  if (plan.grant.length + plan.revoke.length === 0) return failures;
  await change(plan);
  for (let look = 1; ; look += 1) {
    const left = without(failures, accessNotInForce(plan, await scopes.access(scope)));
    const principals = [...left.grant.map(({ principal }) => principal), ...left.revoke];
    if (principals.length === 0) return failures;
    if (look === MOST_LOOKS) {
      for (const principal of principals) failures.set(principal, notInForce(scope, principal));
      return failures;
    }
    await pause(Math.min(LONGEST_PAUSE_MS, FIRST_PAUSE_MS * 2 ** (look - 1)));
    // One look may merely lag behind; what the next does not show either was lost.
    if (look % 2 === 0) await change(left);
  }
}

const without = (failures: Failures, { grant, revoke }: AccessActions): AccessActions => ({
  grant: grant.filter(({ principal }) => !failures.has(principal)),
  revoke: revoke.filter((principal) => !failures.has(principal)),
  others: [],
});

async function unlessRefused(principal: string, failures: Failures, act: () => Promise<void>): Promise<void> {
  try {
    await act();
  } catch (error) {
    if (!isFailure(error, FAILURE.accessRuleRefused)) throw error;
    failures.set(principal, { name: error.name, message: error.message });
  }
}

const notInForce = (scope: string, principal: string): SyncFailure => ({
  name: FAILURE.accessNotInForce,
  message: `scope ${scope}: Databricks accepted a change of what ${principal} may do and does not show it after ${MOST_LOOKS} looks; the next sync tries again`,
});

import type { CreationPlan } from './creation-plans.ts';
import type { Outcome, WorkspaceStatus } from './seed.ts';
import type { Switches } from './switches.ts';
import { REFERENCES, type Reference, type Settings } from './workspace-settings.ts';

/** An accepted creation or update and the course it will take. */
export interface Update {
  readonly before: Settings;
  /** All settings as they will be: what was there, with what was asked. */
  readonly asked: Settings;
  readonly acceptedAt: number;
  /** Until when a new workspace is NOT_PROVISIONED. */
  readonly setupFrom: number;
  /** When it takes effect, or quietly does not. */
  readonly effectiveAt: number;
  /** How long after that the new value is shown, if it is taken back. */
  readonly shownMs: number;
  readonly outcome: Outcome;
  /** The workspace's status when it has taken effect. */
  readonly ends: WorkspaceStatus;
  /** The status message then, if it is not the usual one. */
  readonly reason: string | undefined;
  /** A workspace that is set up for the first time, or after it FAILED: it shows the new values from the start. */
  readonly redeploys: boolean;
}

/** A time in which no compute may be started: during the update, and while it rests. */
export interface Window {
  readonly from: number;
  readonly until: number;
  readonly restUntil: number;
}

/**
 * "You cannot use or create clusters for another 20 minutes." Only an update of nothing but the managed services key
 * (or tags) may omit it.
 */
const REST_MS = 20 * 60_000;

const NEEDS_REST: readonly Reference[] = ['storage_customer_managed_key_id', 'network_id', 'credentials_id'];

/** When the workspace accepts the next update. */
export const settledAt = ({ effectiveAt, outcome, shownMs, redeploys }: Update): number =>
  outcome === 'reverted' && !redeploys ? effectiveAt + shownMs : effectiveAt;

/** When compute must not be started because of this update. */
export const computeWindow = (update: Update): Window => {
  const until = settledAt(update);
  const { before, asked } = update;
  const rests = NEEDS_REST.some((field) => before.references[field] !== asked.references[field]);
  return { from: update.acceptedAt, until, restUntil: until + (rests ? REST_MS : 0) };
};

interface UpdateStart {
  readonly before: Settings;
  readonly asked: Settings;
  readonly failed: boolean;
  readonly customerNetwork: boolean;
  readonly outcome: Outcome;
  /** What stands in the way, if something does: a key that cannot be used, or what keeps it from being set up. */
  readonly obstacle: string | undefined;
}

/**
 * The course of an accepted update. Documented: in a Databricks-managed VPC the status goes over PROVISIONING, in a
 * customer-managed one it stays RUNNING and a failed update "might revert silently". Guessed: that a key which cannot
 * be used ends a managed one as FAILED with the old value.
 */
export const updateCourse = (start: UpdateStart, now: number, timings: Switches['timings']): Update => {
  const quiet = start.customerNetwork && !start.failed;
  const outcome = start.obstacle === undefined ? start.outcome : 'failed';
  const runs = outcome === 'applied' || (!start.failed && (quiet || outcome !== 'failed'));
  return {
    before: start.before,
    asked: start.asked,
    acceptedAt: now,
    setupFrom: now,
    effectiveAt: now + (quiet ? timings.customerUpdateMs : timings.managedUpdateMs),
    shownMs: timings.shownMs,
    outcome: outcome === 'failed' && quiet ? 'dropped' : outcome,
    ends: runs ? 'RUNNING' : 'FAILED',
    reason: runs ? undefined : start.obstacle,
    redeploys: start.failed,
  };
};

/**
 * The course of a creation. A plan decides how it ends; without one it is RUNNING unless something stands in the way.
 * Guessed: that BANNED and CANCELLING show themselves when PROVISIONING would have ended.
 */
export const creationCourse = (
  settings: Settings,
  plan: CreationPlan,
  obstacle: string | undefined,
  now: number,
  timings: Switches['timings'],
): Update => {
  const setupFrom = now + timings.notProvisionedMs;
  const fails = obstacle !== undefined || (plan.errors ?? []).length > 0;
  const ends = plan.ends ?? (fails ? 'FAILED' : 'RUNNING');
  return {
    before: settings,
    asked: settings,
    acceptedAt: now,
    setupFrom,
    effectiveAt: setupFrom + timings.creationMs,
    shownMs: 0,
    outcome: ends === 'RUNNING' ? 'applied' : 'failed',
    ends,
    reason: plan.message ?? (ends === 'FAILED' ? obstacle : undefined),
    redeploys: true,
  };
};

/** The settings after the asked changes; empty tags mean no change. */
export const withChanges = (before: Settings, changes: Settings): Settings => ({
  references: { ...before.references, ...changes.references },
  customTags: Object.keys(changes.customTags).length === 0 ? before.customTags : changes.customTags,
});

/** The references that are asked for, whether or not they differ. */
export const askedReferences = (changes: Settings): readonly (readonly [Reference, string])[] =>
  REFERENCES.flatMap((field) => {
    const id = changes.references[field];
    return id === undefined ? [] : [[field, id] as const];
  });

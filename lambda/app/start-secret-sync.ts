import type { BindingsFile } from '../contract/bindings.ts';
import type { SyncRequest } from '../contract/secret-sync.ts';
import type { Home } from '../domain/event.ts';
import { scheduledAt, slotOf } from '../domain/scheduled-run.ts';
import { readSecretEvent, type SecretFact } from '../domain/secret-event.ts';
import { destinationsOf, isCredentialSecret, mayConcern } from '../domain/secret-selection.ts';
import { syncName } from '../domain/sync-name.ts';
import type { Clock, Starter } from './ports.ts';
import type { SecretSource } from './secret-ports.ts';

export interface StartSyncPorts {
  readonly bindings: BindingsFile;
  readonly home: Home;
  readonly source: Pick<SecretSource, 'describe'>;
  readonly syncs: Starter<SyncRequest>;
  readonly clock: Clock;
}

export interface StartSyncOutcome {
  /** Name of the execution. */
  readonly started?: string;
  /** Name of an execution that the same event started before. */
  readonly known?: string;
  /** Why nothing had to be started. */
  readonly ignored?: string;
}

/**
 * The front door of secret syncs. The schedule starts them without it; a firing that could not be delivered comes through
 * here when it is replayed.
 */
export async function startSecretSync(input: unknown, ports: StartSyncPorts): Promise<StartSyncOutcome> {
  const due = scheduledAt(input, ports.clock());
  if (due === undefined) return startForEvent(input, ports);
  const name = `scheduled-${slotOf(due)}`;
  return outcomeOf(name, await ports.syncs.start(name, { trigger: { kind: 'schedule' } }));
}

/**
 * One sync of the one secret that an event is about, if a binding may mean
 * it. A sync that failed is not started again by its event: the schedule goes on with it.
 */
async function startForEvent(event: unknown, ports: StartSyncPorts): Promise<StartSyncOutcome> {
  const fact = readSecretEvent(event, ports.home);
  if (fact.kind === 'ignored') return { ignored: fact.reason };
  if (!(await isBound(fact, ports))) return { ignored: `no binding means ${fact.name}` };
  const name = syncName(fact);
  const answer = await ports.syncs.start(name, {
    secret: fact.secretId,
    trigger: { kind: 'secret-changed', event: fact.what, eventId: fact.event.id, eventTime: fact.event.time },
  });
  return outcomeOf(name, answer);
}

const outcomeOf = (name: string, { kind }: { readonly kind: 'started' | 'exists' }): StartSyncOutcome =>
  kind === 'started' ? { started: name } : { known: name };

/** A secret that lost its tag is let through by the event that says so: only the ledger knows where it stands. */
const LOSES_TAGS: ReadonlySet<string> = new Set(['UntagResource', 'TagResource', 'DeleteSecret']);

async function isBound(fact: SecretFact, { bindings, source }: StartSyncPorts): Promise<boolean> {
  const { secretId, name, what } = fact;
  const named = { arn: secretId, name, tags: new Map(), deletionScheduled: false };
  if (isCredentialSecret(bindings.credentialSecret, named)) return false;
  const answers = bindings.secretBindings.map((binding) => mayConcern(binding, secretId, name));
  if (answers.includes('yes')) return true;
  if (!answers.includes('if-tagged')) return false;
  if (LOSES_TAGS.has(what)) return true;
  const secret = await source.describe(secretId);
  if (typeof secret === 'string') return false;
  return bindings.secretBindings.some((binding) => destinationsOf(binding, secret).scopes.length > 0);
}

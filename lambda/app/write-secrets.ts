import { FAILURE, type FailureName } from '../contract/failures.ts';
import { AutomationError, isFailure, Throttled } from '../domain/failure.ts';
import { jsonMembers } from '../domain/json-members.ts';
import type { LedgerEntry } from '../domain/ledger.ts';
import { Pace } from '../domain/pace.ts';
import type { PlannedPut } from '../domain/scope-plan.ts';
import { type ReadOutcome, type ScopePlace, type SecretValue, sameName, valueBytes } from '../domain/secret.ts';
import { inParallel } from './in-parallel.ts';
import type { Clock } from './ports.ts';
import { MOST_READ_AT_ONCE, type SecretLedger, type SecretScopes, type SecretSource } from './secret-ports.ts';

export interface WritePorts {
  readonly source: SecretSource;
  readonly scopes: SecretScopes;
  readonly ledger: SecretLedger;
  readonly clock: Clock;
  readonly pause: (ms: number) => Promise<void>;
  /** From 0 to 1. */
  readonly random: () => number;
  /** Milliseconds left of this invocation. */
  readonly timeLeft: () => number;
}

export interface Written {
  readonly written: readonly PlannedPut[];
  readonly failed: readonly { readonly put: PlannedPut; readonly failure: FailureName; readonly reason: string }[];
  /** Not written any more because time ran out. */
  readonly left: readonly PlannedPut[];
}

/** Requests under way at a time; how many go out in a second is the pace's to say. */
const PARALLEL = 16;

/** Left of an invocation to read the scope back and to put everything on record. */
const RESERVE_MS = 45_000;

/** Databricks: "the maximum allowed secret value size is 128 KB". */
const MOST_BYTES = 128 * 1024;

/** What is wrong with one secret alone; anything else would go wrong for all of them. */
const OF_ONE_SECRET: readonly FailureName[] = [FAILURE.secretRefused, FAILURE.scopeIsFull];

/**
 * Reads the values of 20 secrets at a time and puts them side by side. Each key goes into the ledger before it is put, so
 * that what was written is known after any crash; when all are put, the scope's list confirms them. Rejects with a
 * failure that concerns every secret after what was written is on record. Values live no longer than their batch.
 */
export async function writeSecrets(
  scope: string,
  place: ScopePlace,
  puts: readonly PlannedPut[],
  ports: WritePorts,
  rewriteId: string | null,
): Promise<Written> {
  const writer = new Writer(scope, place, ports);
  try {
    for (const batch of batches(puts)) {
      if (ports.timeLeft() < RESERVE_MS) writer.left.push(...batch);
      else await writer.write(batch);
    }
  } finally {
    await writer.confirm(rewriteId);
  }
  return { written: [...writer.written.keys()], failed: writer.failed, left: writer.left };
}

/** Puts by secret, as many secrets at a time as can be read at once. */
function batches(puts: readonly PlannedPut[]): readonly (readonly PlannedPut[])[] {
  const bySecret = [...Map.groupBy(puts, ({ wanted }) => wanted.secretArn).values()];
  return Array.from({ length: Math.ceil(bySecret.length / MOST_READ_AT_ONCE) }, (_, index) =>
    bySecret.slice(index * MOST_READ_AT_ONCE, (index + 1) * MOST_READ_AT_ONCE).flat(),
  );
}

class Writer {
  readonly written = new Map<PlannedPut, LedgerEntry>();
  readonly failed: Written['failed'][number][] = [];
  readonly left: PlannedPut[] = [];
  readonly #scope: string;
  readonly #place: ScopePlace;
  readonly #ports: WritePorts;
  readonly #pace = new Pace();

  constructor(scope: string, place: ScopePlace, ports: WritePorts) {
    this.#scope = scope;
    this.#place = place;
    this.#ports = ports;
  }

  async write(batch: readonly PlannedPut[]): Promise<void> {
    const arns = [...new Set(batch.map(({ wanted }) => wanted.secretArn))];
    const outcomes = await this.#ports.source.read(arns);
    await inParallel(batch, PARALLEL, async (put) => {
      const picked = pick(put, outcomes.get(put.wanted.secretArn));
      if (picked.kind === 'failed') this.failed.push({ put, failure: picked.failure, reason: picked.reason });
      else await this.#writeOne(put, picked.value, picked.versionId);
    });
  }

  async #writeOne(put: PlannedPut, value: SecretValue, versionId: string): Promise<void> {
    const { wanted, entry } = put;
    const noted = await this.#ports.ledger.write(this.#place, {
      ...wanted,
      versionId,
      updatedAt: null,
      rewriteId: entry?.rewriteId ?? null,
      goneSince: null,
      revision: entry?.revision ?? 0,
    });
    try {
      if (await this.#put(wanted.key, value)) this.written.set(put, noted);
      else {
        this.left.push(put);
        if (entry === undefined) await this.#ports.ledger.remove(this.#place, noted);
      }
    } catch (error) {
      if (!isFailure(error, ...OF_ONE_SECRET)) throw error;
      this.failed.push({ put, failure: error.name, reason: error.message });
      // What Databricks refused was never ours.
      if (entry === undefined) await this.#ports.ledger.remove(this.#place, noted);
    }
  }

  /** False if time ran out before the server took it. */
  async #put(key: string, value: SecretValue): Promise<boolean> {
    const { clock, pause, timeLeft, random, scopes } = this.#ports;
    for (;;) {
      const wait = this.#pace.turn(clock()) - clock();
      if (wait > timeLeft() - RESERVE_MS) return false;
      if (wait > 0) await pause(wait);
      const sentAt = clock();
      try {
        await scopes.put(this.#scope, key, value);
        this.#pace.wentThrough();
        return true;
      } catch (error) {
        if (!isFailure(error, FAILURE.databricksThrottled)) throw error;
        const retryAfterMs = error instanceof Throttled ? error.retryAfterMs : undefined;
        this.#pace.wasThrottled({ now: clock(), sentAt, retryAfterMs, random });
      }
    }
  }

  /** One list shows what every put left. A key that it does not show stays unconfirmed and is put again next time. */
  async confirm(rewriteId: string | null): Promise<void> {
    if (this.written.size === 0) return;
    const keys = await this.#ports.scopes.keys(this.#scope);
    const updatedAt = new Map(keys.map((each) => [sameName(each.key), each.updatedAt]));
    await inParallel([...this.written], PARALLEL, async ([put, entry]) => {
      const seen = updatedAt.get(sameName(entry.key));
      if (seen === undefined) return;
      const confirmed = { ...entry, updatedAt: seen, rewriteId: rewriteId ?? entry.rewriteId };
      this.written.set(put, await this.#ports.ledger.write(this.#place, confirmed));
    });
  }
}

type Picked =
  | { readonly kind: 'value'; readonly value: SecretValue; readonly versionId: string }
  | { readonly kind: 'failed'; readonly failure: FailureName; readonly reason: string };

/** The value that belongs into a key, if it may go there. */
function pick({ wanted }: PlannedPut, outcome: ReadOutcome | undefined): Picked {
  const failed = (failure: FailureName, reason: string): Picked => ({ kind: 'failed', failure, reason });
  if (outcome === undefined) return failed(FAILURE.secretUnreadable, 'AWS answered nothing for it');
  if (outcome.kind === 'failed') return failed(outcome.failure.name, outcome.failure.message);
  const { versionId } = outcome;
  const value = wanted.member === null ? outcome.value : memberOf(outcome.value, wanted.member);
  if (value === undefined) {
    return failed(FAILURE.secretChanging, 'it changed while it was being synced; its newer version follows');
  }
  const bytes = valueBytes(value);
  if (bytes > MOST_BYTES) return failed(FAILURE.secretTooLarge, `it has more than ${MOST_BYTES} bytes`);
  return { kind: 'value', value, versionId };
}

function memberOf(value: SecretValue, member: string): SecretValue | undefined {
  const json = jsonMembers(value);
  const text = json.kind === 'members' ? json.members.get(member) : undefined;
  return text === undefined ? undefined : { kind: 'text', text };
}

/** For a step that wrote nothing in all its time: the state machine waits longer than an invocation can. */
export const nothingWritten = (place: ScopePlace): AutomationError =>
  new AutomationError(
    FAILURE.databricksThrottled,
    `workspace ${place.workspaceId}, scope ${place.scope}: Databricks took no secret in the whole time of this step; it is tried again`,
  );

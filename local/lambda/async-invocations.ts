import { randomUUID } from 'node:crypto';
import { AwsError } from '../aws/service.ts';
import type { LocalClock } from '../clock.ts';
import type { Outcome } from './function-spec.ts';
import type { LambdaPool } from './lambda-pool.ts';

/** What Lambda does with an asynchronous invocation that fails ("How Lambda handles errors and retries"). */
export interface AsyncRules {
  /** 0 to 2; 2 when nothing is said. */
  readonly retries: number;
  /** 60 to 21,600; 21,600 when nothing is said. */
  readonly mostSeconds: number;
  /** The ARN of a queue or topic for what failed for good. */
  readonly onFailureArn?: string | undefined;
}

const USUAL: AsyncRules = { retries: 2, mostSeconds: 21_600 };

/** "Lambda waits one minute before the first retry and two minutes before the second". */
const PAUSES_MS = [60_000, 120_000];

/** Throttled invocations are tried again from one second on, at most every five minutes. */
const THROTTLE_MS = { first: 1_000, most: 300_000 };

/** An asynchronous payload may have 1 MB (Lambda quotas). */
const MOST_BYTES = 1024 * 1024;

export interface AsyncSettings {
  readonly clock: LocalClock;
  readonly pool: LambdaPool;
  /** Takes the record of a failed invocation to its destination. */
  readonly deliver: (destinationArn: string, record: string) => Promise<void>;
  /** Called when an invocation has come to its end, with the outcome of its last try. */
  readonly onEnd?: (functionName: string, outcome: Outcome | undefined) => void;
  /** Called when the destination does not take a record; AWS counts it as DestinationDeliveryFailures and goes on. */
  readonly onLost?: (functionName: string, requestId: string, reason: AwsError) => void;
}

/** Lambda's queue of asynchronous invocations: tries again on the local clock, then tells the destination. */
export class AsyncInvocations {
  readonly #settings: AsyncSettings;
  readonly #rules = new Map<string, AsyncRules>();
  readonly #running = new Set<Promise<void>>();
  #closed = false;

  constructor(settings: AsyncSettings) {
    this.#settings = settings;
  }

  setRules(functionName: string, rules: Partial<AsyncRules>): void {
    this.#rules.set(functionName, { ...USUAL, ...rules });
  }

  /** Takes an invocation; answers its request id at once. Throws AwsError when the function is not there. */
  accept(named: string, payload: string): string {
    const { name, arn } = this.#settings.pool.find(named);
    if (Buffer.byteLength(payload) > MOST_BYTES) {
      throw new AwsError('RequestTooLargeException', `an asynchronous payload has at most ${MOST_BYTES} bytes`, 413);
    }
    const requestId = randomUUID();
    const running = this.#run({ name, arn, payload, requestId }).finally(() => this.#running.delete(running));
    this.#running.add(running);
    return requestId;
  }

  /** Settles when no asynchronous invocation runs or waits any more. */
  async settled(): Promise<void> {
    while (this.#running.size > 0) await Promise.all(this.#running);
  }

  /** No further tries; what runs is not waited for. */
  close(): void {
    this.#closed = true;
  }

  async #run(job: Job): Promise<void> {
    const { clock, pool, onEnd } = this.#settings;
    const rules = this.#rules.get(job.name) ?? USUAL;
    const started = clock.now();
    let throttleMs = THROTTLE_MS.first;
    let tries = 0;
    while (!this.#closed) {
      const outcome = await pool.invoke(job.name, job.payload, job.requestId).catch(throttled);
      if (outcome !== undefined) tries += 1;
      if (outcome?.kind === 'success' || this.#closed) return onEnd?.(job.name, outcome);
      const pauseMs = outcome === undefined ? throttleMs : (PAUSES_MS[tries - 1] ?? 0);
      if (outcome === undefined) throttleMs = Math.min(throttleMs * 2, THROTTLE_MS.most);
      const condition = endedBy(rules, { tries, ageMs: clock.now() + pauseMs - started });
      if (condition !== undefined) {
        await this.#giveUp(job, rules, { outcome, tries, condition });
        return onEnd?.(job.name, outcome);
      }
      await this.#pause(pauseMs);
    }
  }

  async #pause(ms: number): Promise<void> {
    const actor = this.#settings.clock.enter();
    try {
      await actor.sleepUntil(this.#settings.clock.now() + ms);
    } finally {
      actor.leave();
    }
  }

  async #giveUp(job: Job, rules: AsyncRules, end: End): Promise<void> {
    if (rules.onFailureArn === undefined) return;
    const record = failureRecord(job, end, this.#settings.clock.now());
    try {
      await this.#settings.deliver(rules.onFailureArn, JSON.stringify(record));
    } catch (error) {
      if (!(error instanceof AwsError)) throw error;
      this.#settings.onLost?.(job.name, job.requestId, error);
    }
  }
}

interface Job {
  readonly name: string;
  readonly arn: string;
  readonly payload: string;
  readonly requestId: string;
}

interface End {
  readonly outcome: Outcome | undefined;
  readonly tries: number;
  readonly condition: 'RetriesExhausted' | 'EventAgeExceeded';
}

/** Undefined means: throttled, nothing ran. */
const throttled = (error: unknown): undefined => {
  if (error instanceof AwsError && error.code === 'TooManyRequestsException') return undefined;
  throw error;
};

const endedBy = (
  rules: AsyncRules,
  { tries, ageMs }: { readonly tries: number; readonly ageMs: number },
): End['condition'] | undefined => {
  if (tries > rules.retries) return 'RetriesExhausted';
  return ageMs > rules.mostSeconds * 1_000 ? 'EventAgeExceeded' : undefined;
};

/** The record of "Capturing records of Lambda asynchronous invocations". */
const failureRecord = (job: Job, { outcome, tries, condition }: End, now: number): unknown => ({
  version: '1.0',
  timestamp: new Date(now).toISOString(),
  requestContext: {
    requestId: job.requestId,
    functionArn: `${job.arn}:$LATEST`,
    condition,
    approximateInvokeCount: tries,
  },
  requestPayload: JSON.parse(job.payload),
  ...(outcome === undefined
    ? {}
    : {
        responseContext: { statusCode: 200, executedVersion: '$LATEST', functionError: 'Unhandled' },
        responsePayload: JSON.parse(outcome.payload),
      }),
});

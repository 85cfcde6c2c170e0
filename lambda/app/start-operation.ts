import type { OperationKind } from '../contract/api-answers.ts';
import { FAILURE } from '../contract/failures.ts';
import { AutomationError } from '../domain/failure.ts';
import type { Execution, Executions, Fields } from './operation-ports.ts';
import type { Clock } from './ports.ts';

export interface StartOperationPorts {
  readonly executions: Executions;
  readonly clock: Clock;
  /** The same letters and digits for the same text, 32 of them. */
  readonly fingerprint: (text: string) => string;
}

export interface OperationWish {
  readonly kind: OperationKind;
  /** What the state machine is given, without what started it. */
  readonly request: Fields;
  /** ARN of who asks. */
  readonly caller: string;
  readonly idempotencyKey?: string;
}

/** Requests alike within this time are one, although the first one's operation has ended. */
const SAME_MS = 10_000;

/** Running operations that are looked through for the same request. */
const MOST_RUNNING = 100;

/**
 * Starts an operation, or answers the one that the same request started: for ever with the caller's own idempotency key,
 * without one while it runs, or within ten seconds unless it failed or was cancelled. Fails with IdempotencyKeyReused if the key came with another request.
 */
export async function startOperation(
  wish: OperationWish,
  ports: StartOperationPorts,
  /** Fails if a new operation would be in somebody's way; asked only before one is started. */
  refuseIfBusy: () => Promise<void>,
): Promise<Execution> {
  const { executions, fingerprint } = ports;
  if (wish.idempotencyKey !== undefined) {
    const name = `key-${fingerprint(`${wish.caller}\n${wish.kind}\n${wish.idempotencyKey}`)}`;
    const found = (await executions.describe(wish.kind, name)) ?? (await startNamed(name, wish, ports, refuseIfBusy));
    if (fingerprint(canonical(asked(found))) === fingerprint(canonical(wish.request))) return found;
    throw new AutomationError(
      FAILURE.idempotencyKeyReused,
      `Idempotency-Key: found a key that you used for another request (operation ${wish.kind}.${name}), wanted a new one`,
    );
  }
  const prefix = `api-${fingerprint(canonical(wish.request))}-`;
  const { executions: running } = await executions.list(wish.kind, { status: 'RUNNING', limit: MOST_RUNNING });
  const same = running.find(({ name }) => name.startsWith(prefix));
  const slot = same?.name ?? `${prefix}${Math.floor(ports.clock() / SAME_MS).toString(36)}`;
  for (let attempt = 1; ; attempt += 1) {
    const name = attempt === 1 ? slot : `${slot}-${attempt}`;
    const found = await executions.describe(wish.kind, name);
    if (found === undefined) return startNamed(name, wish, ports, refuseIfBusy);
    if (!ENDED_BADLY.has(found.status)) return found;
  }
}

/** Whoever asks again after one of these wants another try. */
const ENDED_BADLY: ReadonlySet<string> = new Set(['FAILED', 'TIMED_OUT', 'ABORTED']);

async function startNamed(
  name: string,
  { kind, request }: OperationWish,
  { executions }: StartOperationPorts,
  refuseIfBusy: () => Promise<void>,
): Promise<Execution> {
  await refuseIfBusy();
  await executions.start(kind, name, { ...request, trigger: { kind: 'request' } });
  const found = await executions.describe(kind, name);
  if (found !== undefined) return found;
  throw new AutomationError(
    FAILURE.stateChanged,
    `operation ${kind}.${name} was started and is not to be seen yet; ask for it again in a moment`,
  );
}

/** What an execution was asked for. */
export const asked = ({ input: { trigger: _trigger, ...request } }: Execution): Fields => request;

/** The same text for the same value, whatever the order of its fields. */
const canonical = (value: unknown): string =>
  JSON.stringify(value, (_name, each: unknown) =>
    typeof each === 'object' && each !== null && !Array.isArray(each)
      ? Object.fromEntries(Object.entries(each).toSorted(([one], [other]) => (one < other ? -1 : 1)))
      : each,
  );

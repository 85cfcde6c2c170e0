import type { KeyBinding } from '../contract/bindings.ts';
import { ENDED_BADLY } from '../contract/execution-ends.ts';
import { FAILURE } from '../contract/failures.ts';
import type { RolloutRequest } from '../contract/rollout.ts';
import type { Home } from '../domain/event.ts';
import { AutomationError, isFailure } from '../domain/failure.ts';
import type { KmsKey } from '../domain/key.ts';
import { type KmsFact, readKmsEvent } from '../domain/kms-event.ts';
import { rolloutName } from '../domain/rollout-name.ts';
import { scheduledAt } from '../domain/scheduled-run.ts';
import type { Clock, KeySource } from './ports.ts';
import { type ReconcileOutcome, type ReconcilePorts, reconcileKeys } from './reconcile-keys.ts';

export interface StartPorts extends ReconcilePorts {
  readonly home: Home;
  readonly keys: KeySource;
  readonly clock: Clock;
}

interface StartOutcome {
  readonly started: readonly string[];
  /** Rollouts of the same fact that run or succeeded already. */
  readonly known: readonly string[];
  /** Why nothing had to be started. */
  readonly ignored?: string;
}

/**
 * The front door of key rollouts: a KMS event starts those of its key, a ScheduledRequest one for each binding.
 */
export async function startKeyRollout(input: unknown, ports: StartPorts): Promise<StartOutcome | ReconcileOutcome> {
  const due = scheduledAt(input, ports.clock());
  return due === undefined ? startForEvent(input, ports) : reconcileKeys(due, ports);
}

/**
 * One rollout for each binding of the key the event is about. The rollout's name is made
 * from the fact (binding, key, and its material or the moment its alias moved), so the same fact arriving twice, in whatever form, makes one rollout; one
 * that failed is started again under the next attempt's name. Events of keys that no binding means are ignored without a
 * call to Databricks. Fails with RotationNotVisible while KMS does not show yet what a fresh event says; EventBridge and
 * Lambda deliver it again.
 */
async function startForEvent(event: unknown, ports: StartPorts): Promise<StartOutcome> {
  const fact = readKmsEvent(event, ports.home);
  if (fact.kind === 'ignored') return { started: [], known: [], ignored: fact.reason };
  const started: string[] = [];
  const known: string[] = [];
  for (const binding of ports.bindings.keyBindings) {
    const key = await boundKey(binding, fact, ports);
    if (key === undefined) continue;
    const outcome = await start(binding, key, fact, ports);
    (outcome.fresh ? started : known).push(outcome.name);
  }
  if (started.length + known.length > 0) return { started, known };
  return { started, known, ignored: `no binding means ${fact.kind === 'key-replacement' ? fact.alias : fact.key.arn}` };
}

/** The binding's key as it is now, if the event is about it. */
async function boundKey(binding: KeyBinding, fact: KmsFact, ports: StartPorts): Promise<KmsKey | undefined> {
  const isAlias = binding.key.startsWith('alias/');
  if (fact.kind === 'key-replacement' && binding.key !== fact.alias) return undefined;
  if (fact.kind === 'material-rotation' && !isAlias && binding.key !== fact.key.arn) return undefined;
  const key = await describe(binding, ports);
  if (key === undefined) return undefined;
  if (fact.kind === 'key-replacement') {
    if (key.arn !== fact.key.arn) assertOld(fact, `alias ${fact.alias} still points to ${key.arn}`, ports.clock());
    return key;
  }
  if (key.arn !== fact.key.arn) return undefined;
  if (fact.materialId === undefined || fact.materialId === key.materialId) return key;
  const rotations = await ports.keys.rotations(key.arn);
  if (!rotations.some(({ materialId }) => materialId === fact.materialId)) {
    assertOld(fact, `key ${key.arn} does not show material ${fact.materialId}`, ports.clock());
  }
  return key;
}

/** A binding whose alias does not exist must not stop the others; its own rollout will say so. */
async function describe(binding: KeyBinding, ports: StartPorts): Promise<KmsKey | undefined> {
  try {
    return await ports.keys.describe(binding.key);
  } catch (error) {
    if (isFailure(error, FAILURE.keyNotFound)) return undefined;
    throw error;
  }
}

/** KMS is eventually consistent; past this age an event that does not fit the state is stale, and the state counts. */
const FRESH_MS = 2 * 60_000;

function assertOld(fact: KmsFact, found: string, now: number): void {
  const age = now - Date.parse(fact.event.time);
  if (!(age < FRESH_MS)) return;
  throw new AutomationError(
    FAILURE.rotationNotVisible,
    `event ${fact.event.id} is ${Math.round(age / 1000)} s old and ${found}`,
  );
}

const MOST_ATTEMPTS = 9;

async function start(
  binding: KeyBinding,
  key: KmsKey,
  fact: KmsFact,
  { rollouts }: StartPorts,
): Promise<{ readonly name: string; readonly fresh: boolean }> {
  const request: RolloutRequest = {
    bindingId: binding.id,
    trigger: {
      kind: fact.kind,
      keyArn: key.arn,
      ...(key.materialId !== undefined && { materialId: key.materialId }),
      eventId: fact.event.id,
      eventTime: fact.event.time,
    },
  };
  for (let attempt = 1; attempt <= MOST_ATTEMPTS; attempt += 1) {
    const name = rolloutName(binding.id, key, fact, attempt);
    const answer = await rollouts.start(name, request);
    if (answer.kind === 'started') return { name, fresh: true };
    if (!ENDED_BADLY.some((status) => status === answer.status)) return { name, fresh: false };
  }
  throw new AutomationError(
    FAILURE.rolloutIncomplete,
    `the rollout of binding ${binding.id} to key ${key.arn} has failed ${MOST_ATTEMPTS} times; mend what its executions report and start it by hand`,
  );
}

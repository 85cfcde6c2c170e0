import type { BindingsFile, KeyBinding } from '../contract/bindings.ts';
import type { RolloutRequest } from '../contract/rollout.ts';
import { contradictions } from '../domain/contradicting-bindings.ts';
import { slotOf } from '../domain/scheduled-run.ts';
import type { Executions } from './operation-ports.ts';
import type { Starter } from './ports.ts';

export interface ReconcilePorts {
  readonly bindings: BindingsFile;
  readonly rollouts: Starter<RolloutRequest>;
  readonly executions: Pick<Executions, 'list' | 'describe'>;
}

export interface ReconcileOutcome {
  readonly started: readonly string[];
  /** Rollouts that the same firing started before. */
  readonly known: readonly string[];
  /** Bindings that a rollout is at work on already. */
  readonly underWay: readonly string[];
}

/**
 * One rollout for each key binding, named by the binding and the minute `due` (milliseconds) in which the schedule wanted
 * it. It is only planned, and what it finds is told, where the binding says so or where two bindings contradict each
 * other. A binding with a rollout under way, which may wait a week for its window, gets no second one.
 */
export async function reconcileKeys(due: number, ports: ReconcilePorts): Promise<ReconcileOutcome> {
  const { keyBindings } = ports.bindings;
  const busy = await bindingsUnderWay(ports);
  const started: string[] = [];
  const known: string[] = [];
  for (const binding of keyBindings.filter(({ id }) => !busy.has(id))) {
    const name = `${binding.id}-scheduled-${slotOf(due)}`;
    const answer = await ports.rollouts.start(name, requestFor(binding, keyBindings, due));
    (answer.kind === 'started' ? started : known).push(name);
  }
  return { started, known, underWay: keyBindings.map(({ id }) => id).filter((id) => busy.has(id)) };
}

function requestFor(binding: KeyBinding, all: readonly KeyBinding[], due: number): RolloutRequest {
  const onlyReports = binding.drift === 'report' || contradictions(binding, all).length > 0;
  return {
    bindingId: binding.id,
    ...(onlyReports && { dryRun: true }),
    trigger: { kind: 'schedule', eventTime: new Date(due).toISOString() },
  };
}

/** Rollouts that are looked through; more than that at once is a rollout of another kind. */
const MOST_RUNNING = 100;

async function bindingsUnderWay({ executions }: ReconcilePorts): Promise<ReadonlySet<string>> {
  const { executions: running } = await executions.list('key-rollout', { status: 'RUNNING', limit: MOST_RUNNING });
  const found = await Promise.all(running.map(({ name }) => executions.describe('key-rollout', name)));
  return new Set(
    found.flatMap((execution) => {
      const { bindingId, dryRun } = execution?.input ?? {};
      return typeof bindingId === 'string' && dryRun !== true ? [bindingId] : [];
    }),
  );
}

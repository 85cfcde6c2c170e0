import type { RolloutTiming } from '../contract/bindings.ts';
import { CHANGE_MINUTES, type WorkspaceStep } from '../contract/rollout.ts';
import type { Clock, ComputeRests } from './ports.ts';

interface RestPorts {
  readonly bindings: { readonly timing: Pick<RolloutTiming, 'storageRestMinutes'> };
  readonly rests: ComputeRests;
  readonly clock: Clock;
}

const MINUTE_MS = 60_000;

/** Before Databricks is asked for a change: nobody may start compute until it has surely ended, and rested. */
export async function restDuringChange(step: WorkspaceStep, { bindings, rests, clock }: RestPorts): Promise<void> {
  const minutes = CHANGE_MINUTES + (step.needsRest ? bindings.timing.storageRestMinutes : 0);
  await rests.begin(step.workspaceId, { rolloutId: step.rolloutId, until: clock() + minutes * MINUTE_MS });
}

/** When the change was seen to have ended, well or badly: compute rests from now on, where the change asks for that. */
export async function restAfterChange(step: WorkspaceStep, { bindings, rests, clock }: RestPorts): Promise<void> {
  const { workspaceId, rolloutId, needsRest } = step;
  if (!needsRest) return rests.end(workspaceId, rolloutId);
  const until = clock() + bindings.timing.storageRestMinutes * MINUTE_MS;
  await rests.begin(workspaceId, { rolloutId, until });
}

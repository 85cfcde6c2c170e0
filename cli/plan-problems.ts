import type { Operation } from '../lambda/contract/api-answers.ts';
import { listOf, object, text } from '../lambda/contract/api-schema.ts';
import type { ProvisioningPlan } from '../lambda/contract/provisioning.ts';
import type { RolloutPlan } from '../lambda/contract/rollout.ts';
import { misfit } from './check-answer.ts';

const PROVISIONING = object({ problems: listOf(text('One')) });
const ROLLOUT = object({ workspaces: listOf(object({ action: text('What is done') })) });

/** Whether a dry run answered a plan that would not be carried out, or not for every workspace. */
export function planHasProblems({ kind, result }: Operation): boolean {
  const has = <Plan>(plan: object, isSo: (plan: Plan) => boolean): boolean =>
    result !== null && misfit(result, plan) === undefined && isSo(result as Plan);
  if (kind === 'workspace-provisioning')
    return has(PROVISIONING, ({ problems }: ProvisioningPlan) => problems.length > 0);
  // A secret sync fails where its plan has problems, also as a dry run.
  return has(ROLLOUT, ({ workspaces }: RolloutPlan) => workspaces.some(({ action }) => action === 'refuse'));
}

import type { BindingsFile } from '../contract/bindings.ts';
import type { WorkspaceStep } from '../contract/rollout.ts';
import type { RewriteOwed } from '../domain/rewrite-owed.ts';
import type { RewritesOwed } from './secret-ports.ts';

/**
 * Puts on record that the workspace's secrets are to be written again, once it has left a key configuration. Secrets are
 * managed services data: what was written before stays under the old key until it is written again. False if no secret
 * of ours is there.
 */
export async function oweRewrite(
  { fields, workspaceId, rolloutId }: Pick<WorkspaceStep, 'fields' | 'workspaceId' | 'rolloutId'>,
  leaving: RewriteOwed['leaving'],
  ports: { readonly bindings: BindingsFile; readonly rewrites: Pick<RewritesOwed, 'owe'> },
): Promise<boolean> {
  const { secretBindings } = ports.bindings;
  const hasSecrets = secretBindings.some(({ workspaces }) => workspaces === 'all' || workspaces.includes(workspaceId));
  if (!fields.includes('managedServicesKeyId') || !hasSecrets) return false;
  await ports.rewrites.owe(workspaceId, { rewriteId: rolloutId, leaving });
  return true;
}

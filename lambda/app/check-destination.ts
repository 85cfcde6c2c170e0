import type { BindingsFile } from '../contract/bindings.ts';
import { FAILURE } from '../contract/failures.ts';
import type { SecretBinding } from '../contract/secret-bindings.ts';
import type { SyncScopeInput } from '../contract/secret-sync.ts';
import { AutomationError } from '../domain/failure.ts';
import { reaches } from '../domain/secret-selection.ts';
import type { WorkspaceHosts } from './secret-ports.ts';

type Destination = Pick<SyncScopeInput, 'workspaceId' | 'deploymentName' | 'scope' | 'bindingIds'>;

/**
 * The bindings whose secrets may go where this step is told to bring them. The plan names only such places; whoever may
 * invoke the function itself can name others. Fails with InputInvalid where no binding reaches the scope, and where the
 * Databricks account did not say that the workspace answers under this name.
 */
export async function checkDestination(
  { workspaceId, deploymentName, scope, bindingIds }: Destination,
  { bindings, hosts }: { readonly bindings: BindingsFile; readonly hosts: WorkspaceHosts },
): Promise<readonly SecretBinding[]> {
  const reaching = bindings.secretBindings.filter(
    (binding) => bindingIds.includes(binding.id) && reaches(binding, { workspaceId, scope }),
  );
  if (reaching.length === 0) {
    throw refused(`no binding brings secrets into scope ${scope} of workspace ${workspaceId}`);
  }
  const host = (await hosts.remembered()).get(workspaceId);
  if (host?.deploymentName === deploymentName) return reaching;
  throw refused(`workspace ${workspaceId} is not known to answer under the deployment name ${deploymentName}`);
}

const refused = (found: string): AutomationError =>
  new AutomationError(FAILURE.inputInvalid, `input: ${found}; start a secret sync, which plans its places itself`);

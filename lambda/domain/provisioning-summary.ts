import type { ProvisioningSummary, SummarizeProvisioningInput } from '../contract/provisioning.ts';

/** What became of a request for a workspace, or of its removal, in words and as data. */
export function summarizeProvisioning(input: SummarizeProvisioningInput, workspaceUrl: string): ProvisioningSummary {
  const { request, removal, workspaceId, deploymentName, failure, secrets } = input;
  const workspaceName = request?.workspaceName ?? removal?.workspaceName ?? '';
  const ok = failure === null;
  const headline = headlineOf(input, workspaceName);
  const url =
    deploymentName === null || input.removed ? null : workspaceUrl.replace('{deployment_name}', deploymentName);
  const lines = [
    headline,
    ...(url === null ? [] : [url]),
    ...input.made.map((made) => `created ${made}`),
    ...(failure === null ? [] : [`${failure.name}: ${failure.message}`]),
    ...input.diagnosis,
    ...(secrets?.failure
      ? [`Its secrets are not all there yet, which the next secret sync makes good (${secrets.failure.name})`]
      : []),
    ...(ok ? [] : ['Mend the cause and start the same request again: it goes on with what is there.']),
  ];
  return {
    ...{ ok, workspaceName, workspaceId, deploymentName, url, failure, headline },
    ...{ status: input.status, created: input.created, removed: input.removed, made: input.made },
    ...{ settings: input.settings, diagnosis: input.diagnosis },
    message: lines.join('\n'),
    calls: input.calls,
  };
}

function headlineOf(
  { removal, failure, removed, created, workspaceId }: SummarizeProvisioningInput,
  name: string,
): string {
  const workspace = workspaceId === null ? `workspace ${name}` : `workspace ${name} (${workspaceId})`;
  if (removal !== null) return failure === null ? `${workspace} is deleted` : `${workspace} is not deleted`;
  if (failure === null)
    return created ? `${workspace} is created and running` : `${workspace} was there and is running`;
  return removed ? `${workspace} failed and was deleted` : `${workspace} is not running`;
}

import { FAILURE, type FailureName } from '../contract/failures.ts';
import { AutomationError } from '../domain/failure.ts';
import { saidBy } from './said-by.ts';

const ADVICE: Readonly<Partial<Record<FailureName, string>>> = {
  [FAILURE.credentialsNotReady]:
    'a new IAM role can be used after a minute or two, so ask again; if it stays refused, check its trust policy (the ' +
    "external id is the Databricks account id), its permissions and the organization's service control policies",
  [FAILURE.nameTaken]: 'names are unique in a Databricks account: use what stands, or choose another name',
  [FAILURE.deploymentNameRefused]:
    'leave the deployment name out, or ask Databricks for a deployment name prefix; a name is a-z, 0-9 and hyphens, and ' +
    'no other workspace has it',
  [FAILURE.configurationInUse]:
    'a workspace refers to it; Databricks lets go of it some minutes after the workspace was deleted or changed',
  [FAILURE.configurationNotFound]: 'it was deleted, or belongs to another Databricks account',
  [FAILURE.accountLimitReached]: 'delete what no workspace uses, or ask Databricks to raise the limit',
  [FAILURE.awsLimitReached]: 'release what is unused in the AWS account, or have its quota raised',
  [FAILURE.keyConfigurationUnfit]: 'name a key configuration of this account that is for this use case',
  [FAILURE.workspaceBusy]: 'look at its status and ask again; an earlier deletion may be under way',
};

/** The failure `name` of a refused request: what was asked, what Databricks said, about `what`, what to do. */
export const provisioningFailure = (
  name: FailureName,
  what: string,
  cause: unknown,
  baseUrl: string,
): AutomationError => {
  const advice = ADVICE[name];
  const message = [`${saidBy(cause, baseUrl)} (${what})`, ...(advice === undefined ? [] : [advice])].join('; ');
  return new AutomationError(name, message, { cause });
};

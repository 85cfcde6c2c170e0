import type { WorkspaceFactory } from '../app/provisioning-ports.ts';
import type { NewWorkspace, Workspace } from '../domain/workspace.ts';
import { AccountObjects, type ObjectKind } from './account-objects.ts';
import type { DatabricksHttp } from './http.ts';
import { parseWorkspace, settingsBody } from './workspace-wire.ts';

/** Creates and deletes workspaces over the Account API. Databricks takes both on and carries them out later. */
export class AccountWorkspaceFactory implements WorkspaceFactory {
  readonly #objects: AccountObjects<Workspace>;

  constructor(http: DatabricksHttp, accountId: string) {
    this.#objects = new AccountObjects(http, accountId, WORKSPACE);
  }

  create(wanted: NewWorkspace): Promise<Workspace> {
    return this.#objects.create(wanted.name, creationBody(wanted));
  }

  delete(id: string): Promise<void> {
    return this.#objects.delete(id);
  }
}

const creationBody = (wanted: NewWorkspace): unknown => {
  const { name, region, deploymentName, privateAccessSettingsId, pricingTier, customTags } = wanted;
  // JSON leaves out what is undefined.
  return {
    workspace_name: name,
    deployment_name: deploymentName,
    aws_region: region,
    ...settingsBody(wanted),
    private_access_settings_id: privateAccessSettingsId,
    pricing_tier: pricingTier,
    custom_tags: customTags,
  };
};

const WORKSPACE: ObjectKind<Workspace> = {
  segment: 'workspaces',
  list: 'workspaces',
  answer: 'workspace',
  noun: 'workspace',
  is: 'workspace',
  parse: parseWorkspace,
};

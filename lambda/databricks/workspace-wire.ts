import type { SettingName, WorkspaceSettings } from '../contract/rollout.ts';
import type { Workspace } from '../domain/workspace.ts';
import type { Field } from './field.ts';

const WIRE: Readonly<Record<SettingName, string>> = {
  managedServicesKeyId: 'managed_services_customer_managed_key_id',
  storageKeyId: 'storage_customer_managed_key_id',
  credentialsId: 'credentials_id',
  networkId: 'network_id',
  storageConfigurationId: 'storage_configuration_id',
};
const SETTINGS = Object.entries(WIRE) as readonly (readonly [SettingName, string])[];

/** The settings that are given, as Databricks calls them. */
export const settingsBody = (settings: WorkspaceSettings): Readonly<Record<string, string>> =>
  Object.fromEntries(
    SETTINGS.flatMap(([name, wire]) => {
      const id = settings[name];
      return id === undefined ? [] : [[wire, id]];
    }),
  );

/** Fails with DatabricksAnswerUnreadable, which names the field. */
export const parseWorkspace = (answer: Field): Workspace => {
  const statusMessage = answer.at('workspace_status_message').optional((field) => field.line());
  const privateAccessSettingsId = answer.at('private_access_settings_id').filled();
  const pricingTier = answer.at('pricing_tier').filled();
  return {
    id: answer.at('workspace_id').id(),
    name: answer.at('workspace_name').line(),
    deploymentName: answer.at('deployment_name').text(),
    region: answer.at('aws_region').text(),
    status: answer.at('workspace_status').line(),
    ...(statusMessage === undefined ? {} : { statusMessage }),
    ...(privateAccessSettingsId === undefined ? {} : { privateAccessSettingsId }),
    ...(pricingTier === undefined ? {} : { pricingTier }),
    ...parseSettings(answer),
  };
};

const parseSettings = (answer: Field): WorkspaceSettings =>
  Object.fromEntries(
    SETTINGS.flatMap(([name, wire]) => {
      const id = answer.at(wire).filled();
      return id === undefined ? [] : [[name, id]];
    }),
  );

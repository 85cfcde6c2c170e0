import type { SettingName } from './rollout.ts';

/** How people call the settings of a workspace. */
export const SETTING_WORDS: Readonly<Record<SettingName, string>> = {
  managedServicesKeyId: 'managed services key',
  storageKeyId: 'storage key',
  credentialsId: 'credentials',
  networkId: 'network',
  storageConfigurationId: 'storage configuration',
};

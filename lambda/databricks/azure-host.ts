const AZURE = /(?:^|\.)(?:azuredatabricks\.net|databricks\.azure\.us|databricks\.azure\.cn)$/;
const LOOPBACK = /^(?:localhost|127(?:\.\d{1,3}){3}|\[::1\])$/;

/**
 * True if the workspace at this base URL may hold scopes backed by an Azure Key Vault: one of Azure Databricks (public,
 * US Government or China cloud), or a stand-in on this machine.
 */
export const takesKeyVaults = (baseUrl: string): boolean => {
  const { hostname } = new URL(baseUrl);
  return AZURE.test(hostname) || LOOPBACK.test(hostname);
};

/** Names of the environment variables that the CDK app sets and the Lambdas read. Only names and ARNs travel this way. */
export const ENV = {
  stateTable: 'STATE_TABLE_NAME',
  evidenceTable: 'EVIDENCE_TABLE_NAME',
  credentialSecret: 'DATABRICKS_CREDENTIAL_SECRET_ID',
  keyRolloutMachine: 'KEY_ROLLOUT_STATE_MACHINE_ARN',
  provisioningMachine: 'WORKSPACE_PROVISIONING_STATE_MACHINE_ARN',
  notificationTopic: 'NOTIFICATION_TOPIC_ARN',
  secretSyncMachine: 'SECRET_SYNC_STATE_MACHINE_ARN',
} as const;

/** The bindings travel as this file beside the bundle, so that their number is not limited by environment variables. */
export const BINDINGS_FILE = 'bindings.json';

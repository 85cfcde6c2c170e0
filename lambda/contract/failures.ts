/**
 * Every failure this product names, as Step Functions sees it (the `Error` of a failed task).
 * The state machines retry and catch by these constants, the Lambdas throw by them, so a name is spelled once.
 */
export const FAILURE = {
  // Settings and input
  settingsInvalid: 'SettingsInvalid',
  inputInvalid: 'InputInvalid',
  bindingUnknown: 'BindingUnknown',
  credentialSecretMissing: 'CredentialSecretMissing',
  credentialSecretInvalid: 'CredentialSecretInvalid',

  // The KMS key
  keyNotFound: 'KeyNotFound',
  keyAccessDenied: 'KeyAccessDenied',
  keyNotUsable: 'KeyNotUsable',
  keyPolicyIncomplete: 'KeyPolicyIncomplete',
  rotationNotVisible: 'RotationNotVisible',
  keyConfigurationLimitReached: 'KeyConfigurationLimitReached',
  registrationInProgress: 'RegistrationInProgress',

  // The workspace
  workspaceNotFound: 'WorkspaceNotFound',
  workspaceNotRunning: 'WorkspaceNotRunning',
  workspaceRegionMismatch: 'WorkspaceRegionMismatch',
  workspaceBusy: 'WorkspaceBusy',
  workspaceLeased: 'WorkspaceLeased',
  leaseLost: 'LeaseLost',
  storageKeyIsPermanent: 'StorageKeyIsPermanent',
  workspaceSettingIsFixed: 'WorkspaceSettingIsFixed',
  keyConfigurationUnfit: 'KeyConfigurationUnfit',
  keyChangeReverted: 'KeyChangeReverted',
  keyNotInForce: 'KeyNotInForce',

  // Making workspaces and what they refer to
  provisioningRefused: 'ProvisioningRefused',
  workspaceFailed: 'WorkspaceFailed',
  workspaceBanned: 'WorkspaceBanned',
  workspaceCancelled: 'WorkspaceCancelled',
  workspaceNotReady: 'WorkspaceNotReady',
  workspaceNotGone: 'WorkspaceNotGone',
  credentialsNotReady: 'CredentialsNotReady',
  nameTaken: 'NameTaken',
  deploymentNameRefused: 'DeploymentNameRefused',
  configurationNotFound: 'ConfigurationNotFound',
  configurationInUse: 'ConfigurationInUse',
  accountLimitReached: 'AccountLimitReached',
  awsLimitReached: 'AwsLimitReached',

  // Compute
  computeRunning: 'ComputeRunning',
  computeDidNotStop: 'ComputeDidNotStop',
  computeNotRestarted: 'ComputeNotRestarted',

  // Secret scopes
  scopeBusy: 'SecretScopeBusy',
  scopeExists: 'SecretScopeExists',
  scopeNotFound: 'SecretScopeNotFound',
  scopeNameInvalid: 'SecretScopeNameInvalid',
  scopeNameReserved: 'SecretScopeNameReserved',
  scopeIsFull: 'SecretScopeIsFull',
  scopeLimitReached: 'SecretScopeLimitReached',
  scopeIsReadOnly: 'KeyVaultScopeIsReadOnly',
  premiumTierMissing: 'PremiumTierMissing',
  accessRuleRefused: 'AccessRuleRefused',
  accessNotInForce: 'AccessNotInForce',

  // Secrets
  secretNotFound: 'SecretNotFound',
  secretUnreadable: 'SecretUnreadable',
  secretKeyInvalid: 'SecretKeyInvalid',
  secretKeyCollision: 'SecretKeyCollision',
  secretTooLarge: 'SecretTooLarge',
  secretNotJson: 'SecretIsNotJson',
  secretRefused: 'SecretRefused',
  secretChanging: 'SecretIsChanging',
  pruneLimitExceeded: 'PruneLimitExceeded',

  // What Databricks or the way to it answered
  databricksUnauthenticated: 'DatabricksUnauthenticated',
  databricksPermissionDenied: 'DatabricksPermissionDenied',
  databricksNotFound: 'DatabricksNotFound',
  databricksConflict: 'DatabricksConflict',
  databricksRefused: 'DatabricksRefused',
  databricksLimitReached: 'DatabricksLimitReached',
  databricksThrottled: 'DatabricksThrottled',
  databricksUnavailable: 'DatabricksUnavailable',
  databricksUnreachable: 'DatabricksUnreachable',
  databricksAnswerUnreadable: 'DatabricksAnswerUnreadable',
  databricksOutcomeUnknown: 'DatabricksOutcomeUnknown',

  // Asking over HTTP
  idempotencyKeyReused: 'IdempotencyKeyReused',
  operationNotFound: 'OperationNotFound',
  operationEnded: 'OperationEnded',
  keyConfigurationInUse: 'KeyConfigurationInUse',

  // Watching keys
  keyNotRestored: 'KeyNotRestored',
  newsNotSent: 'NewsNotSent',
  keyWatchIncomplete: 'KeyWatchIncomplete',

  // AWS
  awsThrottled: 'AwsThrottled',
  stateChanged: 'StateChanged',

  // The whole operation
  rolloutIncomplete: 'KeyRolloutIncomplete',
  provisioningIncomplete: 'ProvisioningIncomplete',
  syncIncomplete: 'SecretSyncIncomplete',
} as const;

export type FailureName = (typeof FAILURE)[keyof typeof FAILURE];

import {
  DIAGNOSIS,
  HEALTH,
  KEY_CONFIGURATION,
  KEY_CONFIGURATION_LIST,
  OPERATION,
  OPERATION_LIST,
  SECRET_SYNC_STATUS,
  WORKSPACE,
  WORKSPACE_LIST,
} from './api-answers.ts';
import {
  KEY_CONFIGURATION_REQUEST,
  KEY_ROLLOUT_REQUEST,
  type LIST_PARAMETERS,
  SECRET_SYNC_REQUEST,
  WORKSPACE_CHANGE_REQUEST,
} from './api-requests.ts';
import type { Schema } from './api-schema.ts';
import { WORKSPACE_REQUEST } from './api-workspace-request.ts';

/** The functions that answer; each has the rights of its own routes. */
export type ApiGroup = 'keys' | 'operations' | 'workspaces' | 'meta';

export interface Route {
  readonly method: 'GET' | 'POST' | 'PATCH' | 'DELETE';
  /** Parts in braces are the names of PATH_PARAMETERS. */
  readonly path: string;
  readonly operationId: string;
  readonly group: ApiGroup;
  readonly summary: string;
  readonly description: string;
  /** Name of the body's schema among SCHEMAS. */
  readonly request?: SchemaName;
  /** Names of LIST_PARAMETERS that its query may hold. */
  readonly query?: readonly (keyof typeof LIST_PARAMETERS)[];
  /** Those of them that have to be there. */
  readonly requiredQuery?: readonly (keyof typeof LIST_PARAMETERS)[];
  /** Whether it heeds the header Idempotency-Key. */
  readonly idempotencyKey?: boolean;
  /** Schema of each good answer by status; null has no body. Any other status is a problem. */
  readonly answers: Readonly<Record<number, { readonly says: string; readonly schema: SchemaName | null }>>;
  /** Statuses of problems that callers have to expect, besides 400, 403, 429 and 500. */
  readonly problems?: readonly number[];
}

/** Every body by name: API Gateway models, run-time validation and the OpenAPI document are made of these. */
export const SCHEMAS = {
  KeyRolloutRequest: KEY_ROLLOUT_REQUEST,
  SecretSyncRequest: SECRET_SYNC_REQUEST,
  KeyConfigurationRequest: KEY_CONFIGURATION_REQUEST,
  WorkspaceChangeRequest: WORKSPACE_CHANGE_REQUEST,
  WorkspaceRequest: WORKSPACE_REQUEST,
  Operation: OPERATION,
  OperationList: OPERATION_LIST,
  KeyConfiguration: KEY_CONFIGURATION,
  KeyConfigurationList: KEY_CONFIGURATION_LIST,
  Workspace: WORKSPACE,
  WorkspaceList: WORKSPACE_LIST,
  Diagnosis: DIAGNOSIS,
  SecretSyncStatus: SECRET_SYNC_STATUS,
  Health: HEALTH,
  OpenApiDocument: { type: 'object', description: 'OpenAPI 3.1' },
} as const satisfies Readonly<Record<string, Schema>>;

export type SchemaName = keyof typeof SCHEMAS;

const started = {
  202: { says: 'The operation, new or already known; Location says where it stands', schema: 'Operation' },
} as const;

export const ROUTES: readonly Route[] = [
  {
    ...{ method: 'GET', path: '/v1/key-configurations', operationId: 'listKeyConfigurations', group: 'keys' },
    summary: 'Every key configuration',
    description:
      'With the workspaces that use it, the state of its KMS key, its last rotation, and until when it is held.',
    answers: { 200: { says: 'All of them', schema: 'KeyConfigurationList' } },
    problems: [502],
  },
  {
    ...{ method: 'POST', path: '/v1/key-configurations', operationId: 'createKeyConfiguration', group: 'keys' },
    summary: 'Registers a KMS key with Databricks',
    description:
      'Once: a configuration that matches key, use cases and reuse flag is answered instead of a second one.',
    request: 'KeyConfigurationRequest',
    answers: {
      200: { says: 'One that matches was there', schema: 'KeyConfiguration' },
      201: { says: 'Registered', schema: 'KeyConfiguration' },
    },
    problems: [409, 415, 422, 502],
  },
  {
    ...{ method: 'GET', path: '/v1/key-configurations/{keyConfigurationId}', operationId: 'getKeyConfiguration' },
    group: 'keys',
    summary: 'One key configuration',
    description: 'As in the list.',
    answers: { 200: { says: 'The key configuration', schema: 'KeyConfiguration' } },
    problems: [404, 502],
  },
  {
    ...{ method: 'DELETE', path: '/v1/key-configurations/{keyConfigurationId}', operationId: 'deleteKeyConfiguration' },
    group: 'keys',
    summary: 'Deletes a key configuration',
    description: 'Refused while a workspace refers to it, and while it is held. The KMS key itself is not touched.',
    answers: { 204: { says: 'Deleted', schema: null } },
    problems: [404, 409, 502],
  },
  {
    ...{ method: 'POST', path: '/v1/key-rollouts', operationId: 'startKeyRollout', group: 'operations' },
    summary: 'Starts a key rollout of a binding, or of a key to named workspaces',
    description: 'The same request while it runs answers the operation that runs. With dryRun, its result is the plan.',
    request: 'KeyRolloutRequest',
    idempotencyKey: true,
    answers: started,
    problems: [409, 415, 422],
  },
  {
    ...{ method: 'POST', path: '/v1/secret-syncs', operationId: 'startSecretSync', group: 'operations' },
    summary: 'Starts a secret sync',
    description: 'The same request while it runs answers the operation that runs. With dryRun, nothing is written.',
    request: 'SecretSyncRequest',
    idempotencyKey: true,
    answers: started,
    problems: [409, 415, 422],
  },
  {
    ...{ method: 'GET', path: '/v1/secret-syncs/status', operationId: 'getSecretSyncStatus', group: 'workspaces' },
    summary: 'What the last look at each scope found',
    description: 'Secrets by status and failures; names and codes, never values.',
    answers: { 200: { says: 'Every scope that was ever synced', schema: 'SecretSyncStatus' } },
  },
  {
    ...{ method: 'GET', path: '/v1/workspaces', operationId: 'listWorkspaces', group: 'workspaces' },
    summary: 'The workspaces in the Region of the stage',
    description: 'With their key configurations, who works on them, and compute that is to run again.',
    answers: { 200: { says: 'All of them', schema: 'WorkspaceList' } },
    problems: [502],
  },
  {
    ...{ method: 'GET', path: '/v1/workspaces/{workspaceId}', operationId: 'getWorkspace', group: 'workspaces' },
    summary: 'One workspace',
    description: 'As in the list.',
    answers: { 200: { says: 'The workspace', schema: 'Workspace' } },
    problems: [404, 502],
  },
  {
    ...{ method: 'POST', path: '/v1/workspaces', operationId: 'createWorkspace', group: 'workspaces' },
    summary: 'Provisions a workspace',
    description:
      'Configurations that are there are used, the others made; a workspace of the name is adopted if it is what is asked for. The same request again goes on where an earlier one ended. With dryRun, its result is the plan with every problem.',
    request: 'WorkspaceRequest',
    idempotencyKey: true,
    answers: started,
    problems: [409, 415, 422],
  },
  {
    ...{ method: 'GET', path: '/v1/workspaces/{workspaceId}/diagnosis', operationId: 'diagnoseWorkspace' },
    group: 'workspaces',
    summary: 'What is wrong with a workspace, and what to try',
    description: 'Reads the workspace and its network configuration.',
    answers: { 200: { says: 'The diagnosis', schema: 'Diagnosis' } },
    problems: [404, 502],
  },
  {
    ...{ method: 'DELETE', path: '/v1/workspaces/{workspaceId}', operationId: 'deleteWorkspace', group: 'workspaces' },
    summary: 'Deletes a workspace with everything in it',
    description: 'Only with its name as the confirmation. Its network configuration goes, too, if that is asked for.',
    query: ['workspaceName', 'network'],
    requiredQuery: ['workspaceName'],
    idempotencyKey: true,
    answers: started,
    problems: [404, 409, 422, 502],
  },
  {
    ...{ method: 'PATCH', path: '/v1/workspaces/{workspaceId}', operationId: 'changeWorkspace', group: 'workspaces' },
    summary: 'Changes what a workspace refers to',
    description:
      'Key configurations, credentials, network or storage configuration, with the lease, the waits and the care for compute of a key rollout. What its status does not allow is refused at once.',
    request: 'WorkspaceChangeRequest',
    idempotencyKey: true,
    answers: started,
    problems: [404, 409, 415, 422, 502],
  },
  {
    ...{ method: 'GET', path: '/v1/operations', operationId: 'listOperations', group: 'operations' },
    summary: 'Operations, the newest first',
    description: 'Without a kind, a page holds up to `limit` of each kind.',
    query: ['kind', 'status', 'limit', 'next'],
    answers: { 200: { says: 'A page', schema: 'OperationList' } },
  },
  {
    ...{ method: 'GET', path: '/v1/operations/{operationId}', operationId: 'getOperation', group: 'operations' },
    summary: 'One operation',
    description: 'Its progress while it runs, its result or failure when it ended.',
    answers: { 200: { says: 'The operation', schema: 'Operation' } },
    problems: [404],
  },
  {
    ...{ method: 'DELETE', path: '/v1/operations/{operationId}', operationId: 'cancelOperation', group: 'operations' },
    summary: 'Cancels an operation',
    description:
      'A rollout that is cancelled starts another one, named by Location, which only restarts the compute that was stopped. What is done stays done.',
    answers: { 202: { says: 'The operation as it is now', schema: 'Operation' } },
    problems: [404, 409],
  },
  {
    ...{ method: 'GET', path: '/v1/openapi.json', operationId: 'getOpenApi', group: 'meta' },
    summary: 'This document',
    description: 'OpenAPI 3.1.',
    answers: { 200: { says: 'The document', schema: 'OpenApiDocument' } },
  },
  {
    ...{ method: 'GET', path: '/v1/health', operationId: 'getHealth', group: 'meta' },
    summary: 'Whether everything answers',
    description: 'Looks at the credentials, the Databricks account and the state table.',
    answers: {
      200: { says: 'Everything answers', schema: 'Health' },
      503: { says: 'Something does not', schema: 'Health' },
    },
  },
];

import type { FailureName } from './failures.ts';
import type { WorkspaceSettings } from './rollout.ts';

/** Input of the state machine "Workspace provisioning": exactly one of these. */
export type ProvisioningInput = ProvisioningTarget & {
  /** Plan only; write nothing. */
  readonly dryRun?: boolean;
  /** What made it start, for people and evidence. */
  readonly trigger?: { readonly kind: 'request' };
};

type ProvisioningTarget =
  | { readonly provision: ProvisioningRequest }
  /** A workspace, and then the network configuration in which it was, is deleted. */
  | { readonly remove: WorkspaceRemoval };

export interface ProvisioningRequest {
  readonly workspaceName: string;
  readonly region: string;
  readonly deploymentName?: string;
  readonly pricingTier?: string;
  readonly customTags?: Readonly<Record<string, string>>;
  readonly privateAccessSettingsId?: string;
  readonly setup: WorkspaceSetup;
  /** What the workspace is given instead, once, if it FAILED. */
  readonly replacements?: Partial<WorkspaceSetup>;
  /** What becomes of a workspace that FAILED and could not be repaired; only one that a provisioning made is deleted. */
  readonly onFailure: OnFailure;
}

export type OnFailure = 'keep' | 'delete' | 'recreate';

/** What a workspace is made of: configurations of the account by id, or what they have to be. */
export interface WorkspaceSetup {
  readonly credentials: ById | WantedCredentials;
  readonly storage: ById | WantedStorage;
  readonly network?: ById | WantedNetwork;
  readonly managedServicesKey?: ById | WantedKey;
  readonly storageKey?: ById | WantedKey;
}

export interface ById {
  readonly id: string;
}

export interface WantedCredentials {
  readonly name: string;
  readonly roleArn: string;
}

export interface WantedStorage {
  readonly name: string;
  readonly bucket: string;
}

export interface WantedNetwork {
  readonly name: string;
  readonly vpcId: string;
  readonly subnetIds: readonly string[];
  readonly securityGroupIds: readonly string[];
  readonly vpcEndpoints?: { readonly restApi: readonly string[]; readonly dataplaneRelay: readonly string[] };
}

export interface WantedKey {
  /** Key ARN, or an alias name `alias/...` of the stage's own account and Region. */
  readonly key: string;
  /** With storage: whether the key also encrypts cluster EBS volumes. */
  readonly reuseKeyForClusterVolumes: boolean;
}

export interface WorkspaceRemoval {
  readonly workspaceId: string;
  readonly workspaceName: string;
  /** Null keeps the network configuration, or says that there is none. */
  readonly networkId: string | null;
}

/** What is there, what would be made, and everything that is in the way. */
export interface ProvisioningPlan {
  /** As it will be carried out, with every default; null for a removal. */
  readonly request: ProvisioningRequest | null;
  readonly removal: WorkspaceRemoval | null;
  readonly workspace: PlannedWorkspace;
  readonly configurations: readonly PlannedConfiguration[];
  /** Each with its path in the request. Empty means that it can begin. */
  readonly problems: readonly string[];
  readonly warnings: readonly string[];
  readonly headline: string;
  readonly calls: number;
}

export type PlannedWorkspace =
  | { readonly kind: 'create' }
  /** One of this name is there and is what was asked for. */
  | { readonly kind: 'adopt'; readonly id: string; readonly status: string }
  | { readonly kind: 'remove'; readonly id: string; readonly status: string }
  | { readonly kind: 'refuse' };

export interface PlannedConfiguration {
  /** Path in the request: `credentials`, `storageKey`, ... */
  readonly of: keyof WorkspaceSetup;
  readonly kind: 'use' | 'create';
  readonly id: string | null;
  readonly name: string;
}

export interface EnsureInput {
  readonly provisioningId: string;
  readonly workspaceName: string;
  readonly setup: Partial<WorkspaceSetup>;
  /** The workspace in whose network it may be; null before there is one. */
  readonly workspaceId: string | null;
}

export interface EnsureOutput {
  readonly settings: WorkspaceSettings;
  /** `credentials 'prod-credentials'`: what was made. */
  readonly created: readonly string[];
  /** The network configuration, if it was made for a workspace of this name: only that is deleted together with it. */
  readonly ownNetworkId: string | null;
  readonly calls: number;
}

export interface CreateWorkspaceInput {
  readonly provisioningId: string;
  readonly request: ProvisioningRequest;
  readonly settings: WorkspaceSettings;
}

export interface CreateWorkspaceOutput {
  readonly workspaceId: string;
  readonly deploymentName: string;
  /** False if it was there. */
  readonly created: boolean;
  readonly calls: number;
}

/** What the steps after the creation are given. */
export interface WorkspaceInSetup {
  readonly provisioningId: string;
  readonly workspaceId: string;
  readonly workspaceName: string;
  readonly deploymentName: string;
}

export interface CheckWorkspaceInput extends WorkspaceInSetup {
  /** ISO 8601; when it was created or last repaired. */
  readonly since: string;
  readonly isRepaired: boolean;
}

export interface CheckWorkspaceOutput {
  readonly state: 'waiting' | 'running' | 'failed';
  readonly status: string;
  /** What is wrong and what to try, in words; empty unless `failed`. */
  readonly diagnosis: readonly string[];
  /** Secret bindings select it. */
  readonly secretsWanted: boolean;
  readonly calls: number;
}

export interface RepairWorkspaceInput extends WorkspaceInSetup {
  readonly replacements: Partial<WorkspaceSetup>;
}

/** As of the configurations that replace others: without another network, `ownNetworkId` says nothing. */
export interface RepairWorkspaceOutput extends EnsureOutput {
  /** ISO 8601. */
  readonly since: string;
}

export interface RemoveWorkspaceInput extends WorkspaceRemoval {
  readonly provisioningId: string;
  /** A person named this workspace; false where it failed and `onFailure` says that it goes. */
  readonly isAsked: boolean;
  /** ISO 8601; when its removal began. */
  readonly since: string;
}

export interface RemoveWorkspaceOutput {
  readonly gone: boolean;
  readonly calls: number;
}

export interface SummarizeProvisioningInput {
  readonly provisioningId: string;
  /** ISO 8601. */
  readonly startedAt: string;
  readonly request: ProvisioningRequest | null;
  readonly removal: WorkspaceRemoval | null;
  readonly workspaceId: string | null;
  readonly deploymentName: string | null;
  readonly created: boolean;
  readonly made: readonly string[];
  readonly settings: WorkspaceSettings | null;
  readonly status: string | null;
  readonly removed: boolean;
  readonly diagnosis: readonly string[];
  readonly secrets: { readonly failure: StepFailure | null } | null;
  readonly failure: StepFailure | null;
  readonly calls: number;
}

interface StepFailure {
  readonly name: FailureName | (string & {});
  readonly message: string;
}

export interface ProvisioningSummary {
  readonly ok: boolean;
  readonly workspaceName: string;
  readonly workspaceId: string | null;
  readonly deploymentName: string | null;
  /** Where people find it. */
  readonly url: string | null;
  readonly status: string | null;
  readonly created: boolean;
  readonly removed: boolean;
  /** Configurations that were made for it. */
  readonly made: readonly string[];
  readonly settings: WorkspaceSettings | null;
  readonly diagnosis: readonly string[];
  readonly failure: StepFailure | null;
  readonly headline: string;
  readonly message: string;
  readonly calls: number;
}

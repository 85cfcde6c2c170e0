import type { WorkspaceSettings } from '../contract/rollout.ts';
import type { ComputeUnit } from '../domain/compute.ts';
import type { KeyConfiguration, KeyRotation, KmsKey, NewKeyConfiguration } from '../domain/key.ts';
import type { Workspace } from '../domain/workspace.ts';

/** Milliseconds since the epoch. */
export type Clock = () => number;

/** AWS KMS, read only. */
export interface KeySource {
  /** By key id, key ARN or alias name. Fails with KeyNotFound or KeyAccessDenied. */
  describe(key: string): Promise<KmsKey>;
  /** Finished rotations, newest first. Empty where the key was never rotated or cannot be. */
  rotations(keyArn: string): Promise<readonly KeyRotation[]>;
  /** The key policy as JSON text. */
  policy(keyArn: string): Promise<string>;
}

/** Customer-managed key configurations of one Databricks account. */
export interface KeyRegistry {
  list(): Promise<readonly KeyConfiguration[]>;
  /** Fails with DatabricksOutcomeUnknown if it may have happened: look it up, do not repeat it. */
  create(wanted: NewKeyConfiguration): Promise<KeyConfiguration>;
  get(id: string): Promise<KeyConfiguration>;
  delete(id: string): Promise<void>;
}

/** Workspaces of one Databricks account. */
export interface WorkspaceDirectory {
  list(): Promise<readonly Workspace[]>;
  /** Fails with WorkspaceNotFound. */
  get(id: string): Promise<Workspace>;
  /** Answers when Databricks has accepted the change, which says nothing about its being in force. */
  patch(id: string, settings: WorkspaceSettings): Promise<void>;
}

/** Credential configurations of one Databricks account. */
export interface CredentialDirectory {
  /** ARN of the cross-account IAM role behind a credential configuration. */
  roleArn(credentialsId: string): Promise<string>;
}

/** Clusters, instance pools and SQL warehouses of one workspace. */
export interface ComputePlane {
  /** Every cluster that is not TERMINATED, every pool, every warehouse. */
  list(): Promise<readonly ComputeUnit[]>;
  /** Asks a unit to stop: terminates a cluster, drains a pool, stops a warehouse. */
  stop(unit: ComputeUnit): Promise<void>;
  /** Asks a unit to run as recorded; answers `gone` if it no longer exists. Succeeds if it already runs. */
  start(unit: ComputeUnit): Promise<'started' | 'gone'>;
}

/** How many requests a use case has sent to Databricks so far: retries included, token requests not. */
export type CallCount = () => number;

export type LeaseAnswer =
  | { readonly kind: 'held' }
  /** Somebody else works on it. `until` is when their lease ends without a further sign of life, milliseconds. */
  | { readonly kind: 'taken'; readonly owner: string; readonly until: number };

/** Who may work on what. One owner at a time; a lease that is not renewed ends by itself. */
export interface Leases {
  /** Takes the lease, or renews it for the same owner. */
  take(resource: string, owner: string, until: number): Promise<LeaseAnswer>;
  /** Fails with LeaseLost if somebody else took it over. */
  renew(resource: string, owner: string, until: number): Promise<void>;
  /** Does nothing if the owner no longer holds it. */
  release(resource: string, owner: string): Promise<void>;
  /** Who holds it now; undefined if nobody does. */
  holder(resource: string): Promise<{ readonly owner: string; readonly until: number } | undefined>;
}

/** Until when nobody may start a workspace's compute because of a change of its settings; outlives the rollout. */
export interface ComputeRests {
  of(workspaceId: string): Promise<ComputeRest | undefined>;
  /** Whoever writes last is right: only who holds the workspace's lease changes it. */
  begin(workspaceId: string, rest: ComputeRest): Promise<void>;
  /** Does nothing to the rest that another rollout began. */
  end(workspaceId: string, rolloutId: string): Promise<void>;
}

export interface ComputeRest {
  /** Whose change it is. */
  readonly rolloutId: string;
  /** Milliseconds since the epoch. */
  readonly until: number;
}

/** Compute that was stopped and has to run again, by workspace; outlives the rollout that stopped it. */
export interface StoppedCompute {
  read(workspaceId: string): Promise<StoppedComputeRecord | undefined>;
  /** Every record there is. */
  all(): Promise<readonly StoppedComputeRecord[]>;
  /** Writes a version on top of the one before it; fails if somebody wrote in between. */
  write(record: StoppedComputeRecord): Promise<void>;
  /** Removes the record once everything in it was restarted. */
  clear(workspaceId: string, version: number): Promise<void>;
  /** How many units of each workspace are on record; workspaces without any are left out. */
  counts(): Promise<ReadonlyMap<string, number>>;
  /** Those of `workspaceIds` that have a record. */
  having(workspaceIds: readonly string[]): Promise<ReadonlySet<string>>;
}

export interface StoppedComputeRecord {
  readonly workspaceId: string;
  /** Grows by one with each write; a write on top of another version than this one's predecessor fails. */
  readonly version: number;
  readonly rolloutId: string;
  /** Milliseconds; when this rollout began to stop compute. */
  readonly stoppingSince: number;
  readonly units: readonly ComputeUnit[];
  /** How many sweeps have had it restarted, all in vain; absent before the first. */
  readonly sweeps?: number;
}

/** Tells people. */
export interface Messenger {
  /** Fails with NewsNotSent. */
  tell(message: Message): Promise<void>;
}

export interface Message {
  /** One line; characters beyond ASCII and after the hundredth are lost. */
  readonly subject: string;
  readonly message: string;
}

/** Which configuration was registered for which key material. */
export interface Registrations {
  of(keyArn: string): Promise<readonly Registration[]>;
  add(keyArn: string, registration: Registration): Promise<void>;
  /**
   * Writes down which configurations of the key are there before one is made for its material. Answers those that were
   * there when that began: the same ones for every further try, so that what a lost one made is known by not being there.
   */
  begin(keyArn: string, materialId: string, there: readonly string[]): Promise<readonly string[]>;
}

export interface Registration {
  readonly materialId: string;
  readonly configurationId: string;
}

/** What was done, for auditors: append only. */
export interface Evidence {
  append(record: EvidenceRecord): Promise<void>;
}

export interface EvidenceRecord {
  /** What the record is about: `binding/ID` for a key rollout, `secret-sync` for a secret sync. */
  readonly subject: string;
  /** ARN of the execution. */
  readonly executionId: string;
  /** ISO 8601. */
  readonly startedAt: string;
  readonly finishedAt: string;
  readonly trigger: unknown;
  /** What was done, as data; never a secret value. */
  readonly facts: Readonly<Record<string, unknown>>;
}

/** Starts executions of one state machine by name. */
export interface Starter<Request> {
  /** `exists` with the earlier execution's status if the name is taken. */
  start(
    name: string,
    request: Request,
  ): Promise<{ readonly kind: 'started' } | { readonly kind: 'exists'; readonly status: string }>;
}

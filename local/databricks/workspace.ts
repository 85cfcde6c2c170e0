import { Clusters } from './clusters.ts';
import type { Conditions } from './conditions.ts';
import { InstancePools } from './instance-pools.ts';
import type { Body } from './request-body.ts';
import { SecretScopes } from './secret-scopes.ts';
import { SecretsRate } from './secrets-rate.ts';
import type { Outcome, WorkspaceSeed, WorkspaceStatus } from './seed.ts';
import { SqlWarehouses } from './sql-warehouses.ts';
import type { Violations } from './violations.ts';
import { workerError } from './worker-errors.ts';
import { type Settings, seededSettings } from './workspace-settings.ts';
import { computeWindow, settledAt, type Update, type Window } from './workspace-update.ts';

/** What a test or the control endpoint may change of a workspace by hand. */
export interface WorkspaceChange {
  readonly status?: WorkspaceStatus;
  readonly outcome?: Outcome;
}

/** Called when a workspace leaves a managed services key configuration. */
export type KeyLeft = (keyConfigurationId: string, at: number) => void;

const MESSAGES: Readonly<Record<WorkspaceStatus, string>> = {
  // Observed: databricks-sdk-go issue 1193.
  NOT_PROVISIONED: 'Workspace has not yet begun provisioning.',
  PROVISIONING: 'Workspace resources are being set up.',
  RUNNING: 'Workspace is running.',
  FAILED: 'Workspace setup failed.',
  BANNED: 'Workspace is banned.',
  CANCELLING: 'Workspace is being cancelled.',
  CANCELLED: 'Things are being removed',
};

interface Removal {
  readonly goneAt: number;
  readonly releasedAt: number;
}

/** One workspace with its compute. It settles itself up to the present whenever it is asked. */
export class Workspace {
  readonly seed: WorkspaceSeed;
  readonly clusters: Clusters;
  readonly pools: InstancePools;
  readonly warehouses: SqlWarehouses;
  readonly secretScopes: SecretScopes;
  readonly secretsRate: SecretsRate;
  readonly #conditions: Conditions;
  readonly #violations: Violations;
  readonly #keyLeft: KeyLeft;
  readonly #createdAt: number;
  readonly #windows: Window[] = [];
  #status: WorkspaceStatus;
  #message: string;
  #wasRunning: boolean;
  #settings: Settings;
  #outcome: Outcome;
  #update: Update | undefined;
  #shown = false;
  #created = false;
  #servesFrom = 0;
  #removal: Removal | undefined;

  constructor(conditions: Conditions, seed: WorkspaceSeed, violations: Violations, keyLeft: KeyLeft) {
    this.seed = seed;
    this.#conditions = conditions;
    this.#violations = violations;
    this.#keyLeft = keyLeft;
    this.#createdAt = conditions.now();
    this.#status = seed.status ?? 'RUNNING';
    this.#message = MESSAGES[this.#status];
    this.#wasRunning = seed.wasRunning ?? this.#status === 'RUNNING';
    this.#settings = seededSettings(seed);
    this.#outcome = seed.outcome ?? 'applied';
    this.pools = new InstancePools(conditions, seed.pools ?? [], (at, what) => this.#started(at, what, 'the pool'));
    const started = (at: number, what: string, by: 'caller' | 'scheduler') => this.#started(at, what, `the ${by}`);
    this.clusters = new Clusters(conditions, seed.clusters ?? [], this.pools, started);
    this.warehouses = new SqlWarehouses(conditions, seed.warehouses ?? [], started);
    const keyInForce = () => this.#settings.references.managed_services_customer_managed_key_id;
    this.secretScopes = new SecretScopes(conditions, seed, keyInForce);
    this.secretsRate = new SecretsRate(conditions);
  }

  get id(): string {
    return this.seed.id;
  }

  get status(): WorkspaceStatus {
    return this.#status;
  }

  get settings(): Settings {
    return this.#settings;
  }

  /** Whether it ever ran; a FAILED workspace that did cannot change its storage key. */
  get wasRunning(): boolean {
    return this.#wasRunning;
  }

  /** How the next update will end if its keys can be used. */
  get outcome(): Outcome {
    return this.#outcome;
  }

  get updating(): boolean {
    return this.#update !== undefined;
  }

  /** A customer-managed VPC: given by the seed, or by a network that an update gave it. */
  get customerNetwork(): boolean {
    return this.seed.network === 'customer' || this.#settings.references.network_id !== undefined;
  }

  /** Ids of everything that it refers to or is about to; none once it is gone and has let go of it. */
  get referencedIds(): readonly string[] {
    if (this.#removal !== undefined && this.#conditions.now() >= this.#removal.releasedAt) return [];
    const { before, asked } = this.#update ?? { before: this.#settings, asked: this.#settings };
    const own = this.seed.privateAccessSettingsId ?? [];
    return [this.#settings, before, asked].flatMap(({ references }) => Object.values(references)).concat(own);
  }

  /** Removed, and no longer shown. */
  get gone(): boolean {
    return this.#removal !== undefined && this.#conditions.now() >= this.#removal.goneAt;
  }

  /** Whether its setup has got as far as checking its network. */
  get checked(): boolean {
    return this.#wasRunning || !['NOT_PROVISIONED', 'PROVISIONING'].includes(this.#status);
  }

  /** Whether its host exists. That of a created workspace does not before it is RUNNING for the first time. */
  get hasHost(): boolean {
    return this.#wasRunning || !this.#created;
  }

  /** Why its host has nothing behind it, in the words of the service; nothing when it does serve. */
  get unreachable(): string | undefined {
    const sinceMs = this.#conditions.now() - this.#servesFrom;
    const set = this.#status === 'RUNNING' || (this.#wasRunning && ['PROVISIONING', 'FAILED'].includes(this.#status));
    return set && sinceMs >= 0 ? undefined : workerError(this.id, set ? -sinceMs : 0);
  }

  /** Classic compute that stands in the way of an update. */
  runningCompute(): readonly string[] {
    return [...this.clusters.running(), ...this.pools.running(), ...this.warehouses.running()];
  }

  change(change: WorkspaceChange): void {
    if (change.outcome !== undefined) this.#outcome = change.outcome;
    if (change.status === undefined) return;
    this.#update = undefined;
    this.#enter(change.status);
  }

  /** Starts an accepted creation. */
  create(course: Update): void {
    this.#created = true;
    this.begin(course);
  }

  /** Starts an accepted update; its course is decided here and shows itself later. */
  begin(update: Update): void {
    this.#update = update;
    this.#shown = false;
    this.#windows.push(computeWindow(update));
    if (update.redeploys) this.#apply(update.asked, update.acceptedAt);
    if (update.setupFrom > update.acceptedAt) this.#enter('NOT_PROVISIONED');
    else if (update.redeploys || !this.customerNetwork) this.#enter('PROVISIONING');
  }

  /** Starts a removal, which ends what was going on; what is referred to is let go after it. A second changes nothing. */
  remove(): void {
    if (this.#removal !== undefined) return;
    const { removalStatus, timings } = this.#conditions.switches();
    const goneAt = this.#conditions.now() + timings.workspaceRemovalMs;
    this.#removal = { goneAt, releasedAt: goneAt + timings.releaseMs };
    this.#update = undefined;
    this.#enter(removalStatus);
  }

  /** Brings the workspace and its compute up to the present. */
  settle(): void {
    const now = this.#conditions.now();
    this.clusters.settle(now);
    this.pools.settle(now);
    this.warehouses.settle(now);
    const update = this.#update;
    if (update === undefined) return;
    if (this.#status === 'NOT_PROVISIONED' && now >= update.setupFrom) this.#enter('PROVISIONING');
    if (!this.#shown && now >= update.effectiveAt) this.#takeEffect(update);
    if (now >= settledAt(update)) this.#end(update);
  }

  /** The workspace as GET shows it. The id is a bigint, so that no digit is lost. */
  view(settings: Settings = this.#settings): Body {
    const { seed } = this;
    return {
      workspace_id: BigInt(seed.id),
      workspace_name: seed.name,
      aws_region: seed.region,
      creation_time: this.#createdAt,
      deployment_name: seed.deploymentName,
      workspace_status: this.#status,
      ...settings.references,
      ...(seed.privateAccessSettingsId === undefined
        ? {}
        : { private_access_settings_id: seed.privateAccessSettingsId }),
      workspace_status_message: this.#message,
      pricing_tier: seed.pricingTier ?? 'ENTERPRISE',
      ...(Object.keys(settings.customTags).length === 0 ? {} : { custom_tags: settings.customTags }),
    };
  }

  #takeEffect(update: Update): void {
    this.#shown = true;
    if (update.outcome === 'applied' || update.outcome === 'reverted') this.#apply(update.asked, update.effectiveAt);
    if (update.ends === 'RUNNING' && !this.hasHost) {
      this.#servesFrom = update.effectiveAt + this.#conditions.switches().timings.hostLagMs;
    }
    this.#enter(update.ends, update.reason);
  }

  #end(update: Update): void {
    if (update.outcome === 'reverted' && !update.redeploys) this.#apply(update.before, settledAt(update));
    this.#update = undefined;
  }

  #apply(settings: Settings, at: number): void {
    const field = 'managed_services_customer_managed_key_id';
    const old = this.#settings.references[field];
    if (old !== undefined && old !== settings.references[field]) this.#keyLeft(old, at);
    this.#settings = settings;
  }

  #enter(status: WorkspaceStatus, reason?: string): void {
    this.#status = status;
    this.#message = reason ?? MESSAGES[status];
    if (status === 'RUNNING') this.#wasRunning = true;
  }

  #started(at: number, what: string, by: string): void {
    const window = this.#windows.find(({ from, restUntil }) => at >= from && at < restUntil);
    if (window === undefined) return;
    const kind = at < window.until ? 'started-during-update' : 'started-during-rest';
    this.#violations.note({ at, workspaceId: this.id, kind, text: `${what} was started by ${by}` });
  }
}

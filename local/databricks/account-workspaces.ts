import { type Answer, Refusal } from './answer.ts';
import type { Conditions } from './conditions.ts';
import { checkCreation, checkNames, parseCreation, type WantedWorkspace } from './create-request.ts';
import type { CreationPlan, CreationPlans } from './creation-plans.ts';
import type { Credentials } from './credentials.ts';
import { deleted } from './deletion.ts';
import type { KeyConfigurations } from './key-configurations.ts';
import { listAnswer } from './list-answer.ts';
import type { Attachment, Networks } from './networks.ts';
import type { PrivateAccessSettings } from './private-access-settings.ts';
import type { Account } from './reference-rules.ts';
import { type Body, parseBody } from './request-body.ts';
import type { WorkspaceSeed } from './seed.ts';
import { type CanUseKey, keyObstacle, setupObstacle } from './setup-obstacle.ts';
import type { StorageConfigurations } from './storage-configurations.ts';
import { checkUpdate, parseUpdate } from './update-request.ts';
import type { Violations } from './violations.ts';
import { Workspace } from './workspace.ts';
import { type Settings, seededSettings } from './workspace-settings.ts';
import { creationCourse, updateCourse, withChanges } from './workspace-update.ts';

/** What the workspaces share with the rest of the account. */
export interface Surroundings {
  readonly keys: KeyConfigurations;
  readonly credentials: Credentials;
  readonly storage: StorageConfigurations;
  readonly networks: Networks;
  readonly privateAccess: PrivateAccessSettings;
  readonly plans: CreationPlans;
  readonly violations: Violations;
  readonly canUseKey: CanUseKey;
}

/** The workspaces of the account, as the account API shows and updates them. */
export class AccountWorkspaces {
  readonly #conditions: Conditions;
  readonly #accountId: string;
  readonly #around: Surroundings;
  readonly #workspaces = new Map<string, Workspace>();

  constructor(conditions: Conditions, accountId: string, seeds: readonly WorkspaceSeed[], around: Surroundings) {
    this.#conditions = conditions;
    this.#accountId = accountId;
    this.#around = around;
    for (const seed of seeds) this.#add(seed);
  }

  /** All but those that are gone. */
  all(): readonly Workspace[] {
    return [...this.#workspaces.values()].filter(({ gone }) => !gone);
  }

  /** By id; refuses as the account API does. */
  find(id: string): Workspace {
    const workspace = this.all().find((known) => known.id === id);
    if (workspace !== undefined) return workspace;
    throw new Refusal(404, 'NOT_FOUND', `Workspace ${id} does not exist`);
  }

  /** The workspace behind a host, up to the present; host names have no capitals. */
  behindHost(name: string): Workspace | undefined {
    const workspace = this.all().find(({ seed }) => seed.deploymentName.toLowerCase() === name.toLowerCase());
    workspace?.settle();
    return workspace?.hasHost === true ? workspace : undefined;
  }

  /** Brings every workspace up to the present. */
  settle(): void {
    for (const workspace of this.#workspaces.values()) workspace.settle();
  }

  /** Ids of the workspaces that use what has this id, or are about to, also while they are being removed. */
  usersOf(id: string): readonly string[] {
    return [...this.#workspaces.values()]
      .filter(({ referencedIds }) => referencedIds.includes(id))
      .map((workspace) => workspace.id);
  }

  /** The workspace in a network. */
  attachment(networkId: string): Attachment | undefined {
    const workspaceId = this.usersOf(networkId)[0];
    const workspace = this.#workspaces.get(workspaceId ?? '');
    return workspace === undefined ? undefined : { workspaceId: workspace.id, checked: workspace.checked };
  }

  list(): Answer {
    const views = this.all().map((workspace) => this.#view(workspace));
    return listAnswer('workspaces', views, this.#conditions.switches().lists);
  }

  get(id: string): Answer {
    return { status: 200, body: this.#view(this.find(id)) };
  }

  /**
   * POST: 201 means accepted, not done. What the documentation rules out is refused; a key that cannot be used, a
   * network with faults and used-up addresses show when the setup ends.
   */
  async create(body: Body): Promise<Answer> {
    const { now, switches } = this.#conditions;
    const { keys, plans, canUseKey } = this.#around;
    const wanted = parseCreation(body, switches());
    this.#checkCreation(wanted);
    const keyProblem = await keyObstacle(seededSettings(wanted), keys, canUseKey);
    // Another request may have been accepted meanwhile.
    this.#checkCreation(wanted);
    const plan = plans.take(wanted.name);
    this.#findInNetwork(wanted.networkId, plan);
    const workspace = this.#add({ ...wanted, id: this.#newId(), status: 'PROVISIONING' });
    const obstacle = keyProblem ?? this.#setupObstacle(workspace, workspace.settings);
    workspace.create(creationCourse(workspace.settings, plan, obstacle, now(), switches().timings));
    return { status: 201, body: this.#view(workspace) };
  }

  /**
   * PATCH: 200 means accepted, not done. Everything that the documentation rules out is refused; then compute that
   * still runs; then the update takes its course.
   */
  async update(id: string, bodyText: string, mask: string | null): Promise<Answer> {
    const workspace = this.find(id);
    const body = parseBody(bodyText);
    const changes = parseUpdate(body, mask, this.#conditions.switches().updateMask);
    this.#check(workspace, changes, body);
    const failed = workspace.status === 'FAILED';
    const asked = withChanges(workspace.settings, changes);
    const keyProblem = await keyObstacle(failed ? asked : changes, this.#around.keys, this.#around.canUseKey);
    // Another update may have been accepted meanwhile.
    this.#check(workspace, changes, body);
    this.#noteRunningCompute(workspace);
    const start = {
      before: workspace.settings,
      asked,
      failed,
      customerNetwork: workspace.customerNetwork,
      outcome: workspace.outcome,
      obstacle: keyProblem ?? (failed ? this.#setupObstacle(workspace, asked) : undefined),
    };
    const { timings } = this.#conditions.switches();
    workspace.begin(updateCourse(start, this.#conditions.now(), timings));
    return this.#accepted(workspace, asked);
  }

  /** DELETE: 200 means accepted. Guessed: whatever the status, and again while the removal goes on. */
  remove(id: string): Answer {
    const workspace = this.find(id);
    workspace.remove();
    return deleted(this.#view(workspace), this.#conditions.switches().deleteBody);
  }

  #add(seed: WorkspaceSeed): Workspace {
    if (!/^[1-9]\d*$/.test(seed.id)) throw new Error(`workspace ${seed.id} of the seed: its id must be digits`);
    const { keys, violations } = this.#around;
    const missing = [seed.managedServicesKeyId, seed.storageKeyId].find((key) => key !== undefined && !keys.find(key));
    if (missing !== undefined) throw new Error(`workspace ${seed.id} of the seed: no key configuration ${missing}`);
    const leave = (key: string, at: number) => keys.left(key, at);
    const workspace = new Workspace(this.#conditions, seed, violations, leave);
    this.#workspaces.set(seed.id, workspace);
    return workspace;
  }

  // Ids are int64: the made-up ones do not fit a JavaScript number, so that a client that loses digits is found out.
  #newId(): string {
    let id = 9_007_199_254_740_993n;
    while (this.#workspaces.has(String(id))) id += 2n;
    return String(id);
  }

  #checkCreation(wanted: WantedWorkspace): void {
    const { privateAccess, credentials } = this.#around;
    checkCreation(wanted, this.#account(), privateAccess);
    credentials.checkForWorkspace(wanted.credentialsId ?? '');
    const others = this.all().map(({ seed }) => seed);
    checkNames(wanted, others, this.#conditions.switches().duplicateWorkspaceName);
  }

  #findInNetwork(id: string | undefined, { errors = [], warnings = [] }: CreationPlan): void {
    const { networks } = this.#around;
    if (errors.length + warnings.length > 0 && id !== undefined) networks.setFindings(id, { errors, warnings });
  }

  #setupObstacle(workspace: Workspace, asked: Settings): string | undefined {
    const { networks } = this.#around;
    const networkId = asked.references.network_id;
    const { credentials_id: credentialsId } = workspace.settings.references;
    const replaced = asked.references.credentials_id !== credentialsId;
    if (networkId !== undefined && replaced) networks.credentialsReplaced(networkId);
    const customerNetwork = workspace.customerNetwork || networkId !== undefined;
    return setupObstacle({ networkId, customerNetwork }, networks, this.#conditions.switches().addressesUsedUp);
  }

  #check(workspace: Workspace, changes: Settings, body: Body): void {
    checkUpdate(workspace, changes, body, this.#account());
    const { refusalWhileRunning } = this.#conditions.switches();
    const running = workspace.status === 'RUNNING' ? workspace.runningCompute() : [];
    if (running.length === 0 || refusalWhileRunning === 'accept') return;
    const text = `Workspace ${workspace.id} has running compute resources: ${running.join(', ')}`;
    throw new Refusal(Number(refusalWhileRunning), 'INVALID_STATE', text);
  }

  #noteRunningCompute(workspace: Workspace): void {
    const running = workspace.status === 'RUNNING' ? workspace.runningCompute() : [];
    if (running.length === 0) return;
    this.#around.violations.note({
      at: this.#conditions.now(),
      workspaceId: workspace.id,
      kind: 'updated-while-running',
      text: `an update was accepted while these ran: ${running.join(', ')}`,
    });
  }

  #account(): Account {
    const { keys, credentials, networks } = this.#around;
    return {
      keys,
      credentials,
      networks,
      knows: (field, id) => this.#knows(field, id),
      usersOf: (id) => this.usersOf(id),
    };
  }

  #knows(field: 'network_id' | 'storage_configuration_id', id: string): boolean {
    const { networks, storage } = this.#around;
    const configurations = field === 'network_id' ? networks : storage;
    if (configurations.knew(id)) return configurations.has(id);
    return this.all().some(({ settings, seed }) => {
      const seeded = field === 'network_id' ? seed.networkId : seed.storageConfigurationId;
      return seeded === id || settings.references[field] === id;
    });
  }

  #accepted(workspace: Workspace, asked: Settings): Answer {
    switch (this.#conditions.switches().patchBody) {
      case 'void':
        return { status: 200 };
      case 'object':
        return { status: 200, body: {} };
      case 'workspace':
        return { status: 200, body: this.#view(workspace) };
      case 'workspace-as-asked':
        return { status: 200, body: this.#view(workspace, asked) };
    }
  }

  #view(workspace: Workspace, settings?: Settings): Body {
    return { account_id: this.#accountId, ...workspace.view(settings) };
  }
}

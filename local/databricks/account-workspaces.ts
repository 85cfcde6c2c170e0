import { type Answer, Refusal } from './answer.ts';
import type { Conditions } from './conditions.ts';
import type { Credentials } from './credentials.ts';
import type { KeyConfigurations } from './key-configurations.ts';
import { listAnswer } from './list-answer.ts';
import { type Body, parseBody } from './request-body.ts';
import type { UseCase, WorkspaceSeed } from './seed.ts';
import { checkUpdate, KEY_USES, parseUpdate } from './update-request.ts';
import type { Violations } from './violations.ts';
import { Workspace } from './workspace.ts';
import type { Settings } from './workspace-settings.ts';
import { updateCourse, withChanges } from './workspace-update.ts';

/**
 * Asked once for each key of an update, when the update is accepted: may Databricks use this key? A text is a refusal
 * with its reason.
 */
export type CanUseKey = (keyArn: string, useCase: UseCase) => Promise<boolean | string>;

/** What the workspaces share with the rest of the account. */
export interface Surroundings {
  readonly keys: KeyConfigurations;
  readonly credentials: Credentials;
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

  all(): readonly Workspace[] {
    return [...this.#workspaces.values()];
  }

  /** By id; refuses as the account API does. */
  find(id: string): Workspace {
    const workspace = this.#workspaces.get(id);
    if (workspace !== undefined) return workspace;
    throw new Refusal(404, 'NOT_FOUND', `Workspace ${id} does not exist`);
  }

  byDeploymentName(name: string): Workspace | undefined {
    return this.all().find(({ seed }) => seed.deploymentName === name);
  }

  /** Brings every workspace up to the present. */
  settle(): void {
    for (const workspace of this.#workspaces.values()) workspace.settle();
  }

  /** Workspaces that use a key configuration, or are about to. */
  usersOfKey(id: string): readonly string[] {
    return this.all()
      .filter(({ keyConfigurationIds }) => keyConfigurationIds.includes(id))
      .map((workspace) => workspace.id);
  }

  list(): Answer {
    const views = this.all().map((workspace) => this.#view(workspace));
    return listAnswer('workspaces', views, this.#conditions.switches().lists);
  }

  get(id: string): Answer {
    return { status: 200, body: this.#view(this.find(id)) };
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
    const keyRefusal = await this.#keyRefusal(changes);
    // Another update may have been accepted meanwhile.
    this.#check(workspace, changes, body);
    this.#noteRunningCompute(workspace);
    const asked = withChanges(workspace.settings, changes);
    const start = {
      before: workspace.settings,
      asked,
      failed: workspace.status === 'FAILED',
      customerNetwork: workspace.customerNetwork,
      outcome: workspace.outcome,
      keyRefusal,
    };
    const { timings } = this.#conditions.switches();
    workspace.begin(updateCourse(start, this.#conditions.now(), timings));
    return this.#accepted(workspace, asked);
  }

  #add(seed: WorkspaceSeed): void {
    if (!/^[1-9]\d*$/.test(seed.id)) throw new Error(`workspace ${seed.id} of the seed: its id must be digits`);
    const { keys, violations } = this.#around;
    const missing = [seed.managedServicesKeyId, seed.storageKeyId].find((key) => key !== undefined && !keys.find(key));
    if (missing !== undefined) throw new Error(`workspace ${seed.id} of the seed: no key configuration ${missing}`);
    const leave = (key: string, at: number) => keys.left(key, at);
    this.#workspaces.set(seed.id, new Workspace(this.#conditions, seed, violations, leave));
  }

  #check(workspace: Workspace, changes: Settings, body: Body): void {
    const { keys, credentials } = this.#around;
    checkUpdate(workspace, changes, body, { keys, credentials, knownIds: (field) => this.#knownIds(field) });
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

  async #keyRefusal(changes: Settings): Promise<string | undefined> {
    for (const [field, useCase] of KEY_USES) {
      const key = this.#around.keys.find(changes.references[field] ?? '');
      if (key === undefined) continue;
      const answer = await this.#around.canUseKey(key.keyArn, useCase);
      if (answer !== true) return answer === false ? `Databricks cannot use ${key.keyArn} for ${useCase}` : answer;
    }
    return undefined;
  }

  #knownIds(field: 'network_id' | 'storage_configuration_id'): ReadonlySet<string> {
    const ids = this.all().flatMap(({ settings, seed }) => [
      settings.references[field],
      field === 'network_id' ? seed.networkId : seed.storageConfigurationId,
    ]);
    return new Set(ids.filter((id) => id !== undefined));
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

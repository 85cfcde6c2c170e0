import type {
  ComputePlane,
  Evidence,
  EvidenceRecord,
  KeyRegistry,
  KeySource,
  Message,
  Messenger,
  Starter,
  WorkspaceDirectory,
} from '../../lambda/app/ports.ts';
import type { BindingsFile, KeyBinding } from '../../lambda/contract/bindings.ts';
import { FAILURE } from '../../lambda/contract/failures.ts';
import type { RolloutRequest, WorkspaceSettings, WorkspaceStep } from '../../lambda/contract/rollout.ts';
import type { ComputeUnit } from '../../lambda/domain/compute.ts';
import { AutomationError } from '../../lambda/domain/failure.ts';
import type { KeyConfiguration, KeyRotation, KmsKey, NewKeyConfiguration } from '../../lambda/domain/key.ts';
import { neededStatements } from '../../lambda/domain/key-policy.ts';
import type { Workspace } from '../../lambda/domain/workspace.ts';

export const KEY_ARN = 'arn:aws:kms:us-west-2:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab';
const ACCOUNT_ID = '0d26daa6-5e44-4c97-a497-ef015f91254a';
const PRINCIPAL = 'arn:aws:iam::414351767826:root';
export const ROLLOUT = 'arn:aws:states:us-west-2:111122223333:execution:rollout:one';

export const binding = (change: Partial<KeyBinding> = {}): KeyBinding => ({
  id: 'prod',
  key: KEY_ARN,
  useCases: ['MANAGED_SERVICES'],
  reuseKeyForClusterVolumes: true,
  workspaces: ['1'],
  onMaterialRotation: 'reregister',
  protect: 'alert',
  retire: 'report',
  drift: 'repair',
  compute: 'stop-and-restart',
  concurrency: 5,
  canary: true,
  ...change,
});

export const bindings = (...list: readonly KeyBinding[]): BindingsFile => ({
  databricks: {
    accountId: ACCOUNT_ID,
    accountHost: 'https://accounts.example',
    workspaceUrl: 'https://{deployment_name}.example',
    awsPrincipal: PRINCIPAL,
  },
  timing: {
    computePollSeconds: 15,
    computeStopDeadlineMinutes: 30,
    keyPollSeconds: 20,
    keyDeadlineMinutes: 45,
    stableReads: 3,
    storageRestMinutes: 20,
    leaseMinutes: 60,
  },
  keyBindings: list.length > 0 ? list : [binding()],
  secretBindings: [],
  credentialSecret: 'databricks/security-automation',
});

export const step = (change: Partial<WorkspaceStep> = {}): WorkspaceStep => ({
  subject: 'binding/prod',
  rolloutId: ROLLOUT,
  workspaceId: '1',
  workspaceName: 'one',
  deploymentName: 'dbc-1',
  fields: ['managedServicesKeyId'],
  needsRest: false,
  redeploys: false,
  keyConfigurationId: 'new',
  settings: null,
  treatment: { compute: 'stop-and-restart', maintenanceWindow: null },
  ...change,
});

export const workspace = (id: string, change: Partial<Workspace> = {}): Workspace => ({
  id,
  name: `ws-${id}`,
  deploymentName: `dbc-${id}`,
  region: 'us-west-2',
  status: 'RUNNING',
  ...change,
});

/** A clock that tests move. */
export class FakeClock {
  time = Date.parse('2026-05-20T20:00:00Z');
  readonly now = (): number => this.time;
  pass(minutes: number): void {
    this.time += minutes * 60_000;
  }
}

export class FakeKeys implements KeySource {
  key: KmsKey = {
    arn: KEY_ARN,
    id: '1234abcd',
    state: 'Enabled',
    spec: 'SYMMETRIC_DEFAULT',
    usage: 'ENCRYPT_DECRYPT',
    origin: 'AWS_KMS',
    materialId: 'm1',
  };
  readonly aliases = new Map<string, KmsKey>();
  history: readonly KeyRotation[] = [];
  policyText = JSON.stringify({
    Statement: neededStatements({
      useCases: ['MANAGED_SERVICES', 'STORAGE'],
      reuseKeyForClusterVolumes: false,
      databricksAccountId: ACCOUNT_ID,
      databricksPrincipal: PRINCIPAL,
      crossAccountRoles: [],
    }).map(({ statement }) => statement),
  });

  async describe(key: string): Promise<KmsKey> {
    const found = this.aliases.get(key) ?? (key === this.key.arn ? this.key : undefined);
    if (found === undefined) throw new AutomationError(FAILURE.keyNotFound, `no key ${key}`);
    return found;
  }

  async rotations(): Promise<readonly KeyRotation[]> {
    return this.history;
  }

  async policy(): Promise<string> {
    return this.policyText;
  }
}

/** Registers what it is told to; can lose an answer after doing the work, or refuse a second registration. */
export class FakeRegistry implements KeyRegistry {
  configurations: KeyConfiguration[] = [];
  loseNextAnswer = false;
  /** The list that follows a lost answer fails, too. */
  loseNextList = false;
  refuseDuplicates = false;
  lists = 0;
  readonly #now: () => number;

  constructor(now: () => number) {
    this.#now = now;
  }

  async list(): Promise<readonly KeyConfiguration[]> {
    this.lists += 1;
    if (this.loseNextList && !this.loseNextAnswer) {
      this.loseNextList = false;
      throw new AutomationError(FAILURE.databricksUnavailable, 'not now');
    }
    return [...this.configurations];
  }

  async create(wanted: NewKeyConfiguration): Promise<KeyConfiguration> {
    if (this.refuseDuplicates && this.configurations.some(({ keyArn }) => keyArn === wanted.keyArn)) {
      throw new AutomationError(FAILURE.databricksConflict, 'already exists');
    }
    const created = { ...wanted, id: `c${this.configurations.length + 1}`, createdAt: this.#now() };
    this.configurations.push(created);
    if (this.loseNextAnswer) {
      this.loseNextAnswer = false;
      throw new AutomationError(FAILURE.databricksOutcomeUnknown, 'the answer was lost');
    }
    return created;
  }

  async get(id: string): Promise<KeyConfiguration> {
    const found = this.configurations.find((one) => one.id === id);
    if (found === undefined) throw new AutomationError(FAILURE.databricksNotFound, `no ${id}`);
    return found;
  }

  async delete(id: string): Promise<void> {
    this.configurations = this.configurations.filter((one) => one.id !== id);
  }
}

export class FakeWorkspaces implements WorkspaceDirectory {
  readonly all: Map<string, Workspace>;
  readonly patches: WorkspaceSettings[] = [];
  /** What happens to the next patch. */
  next: 'accept' | 'accept-and-lose-answer' | 'lose' | Error = 'accept';

  constructor(...workspaces: readonly Workspace[]) {
    this.all = new Map(workspaces.map((one) => [one.id, one]));
  }

  async list(): Promise<readonly Workspace[]> {
    return [...this.all.values()];
  }

  async get(id: string): Promise<Workspace> {
    const found = this.all.get(id);
    if (found === undefined) throw new AutomationError(FAILURE.workspaceNotFound, `no workspace ${id}`);
    return found;
  }

  async patch(id: string, fields: WorkspaceSettings): Promise<void> {
    const { next } = this;
    this.next = 'accept';
    if (next instanceof Error) throw next;
    if (next !== 'lose') {
      this.patches.push(fields);
      this.set(id, fields);
    }
    if (next !== 'accept') throw new AutomationError(FAILURE.databricksOutcomeUnknown, 'the answer was lost');
  }

  set(id: string, change: Partial<Workspace>): void {
    this.all.set(id, { ...(this.all.get(id) ?? workspace(id)), ...change });
  }
}

/** Units stop at the second look after they were asked to, unless they are stubborn. */
export class FakeCompute implements ComputePlane {
  units: ComputeUnit[];
  readonly stubborn = new Set<string>();
  readonly broken = new Set<string>();
  readonly stopped: string[] = [];
  readonly started: ComputeUnit[] = [];

  constructor(...units: readonly ComputeUnit[]) {
    this.units = [...units];
  }

  async list(): Promise<readonly ComputeUnit[]> {
    const seen = this.units;
    this.units = this.units.map((unit) =>
      unit.kind === 'cluster' && unit.state === 'TERMINATING' ? { ...unit, state: 'TERMINATED' } : unit,
    );
    return seen;
  }

  async stop(unit: ComputeUnit): Promise<void> {
    this.stopped.push(unit.id);
    if (this.stubborn.has(unit.id)) return;
    this.units = this.units.map((one) => {
      if (one.id !== unit.id) return one;
      if (one.kind === 'cluster') return { ...one, state: 'TERMINATING' };
      if (one.kind === 'sql-warehouse') return { ...one, state: 'STOPPED' };
      return { ...one, instances: 0, minIdleInstances: 0, idleAutoterminationMinutes: 0 };
    });
  }

  async start(unit: ComputeUnit): Promise<'started' | 'gone'> {
    if (this.broken.has(unit.id)) throw new AutomationError(FAILURE.databricksUnavailable, `${unit.id} does not start`);
    if (!this.units.some(({ id }) => id === unit.id)) return 'gone';
    this.started.push(unit);
    return 'started';
  }
}

export class FakeEvidence implements Evidence {
  readonly records: EvidenceRecord[] = [];

  async append(record: EvidenceRecord): Promise<void> {
    this.records.push(record);
  }
}

/** Messages that people got. */
export class FakeMessenger implements Messenger {
  readonly all: Message[] = [];
  /** How often the next message is not taken. */
  refusals = 0;

  async tell(message: Message): Promise<void> {
    if (this.refusals > 0) {
      this.refusals -= 1;
      throw new AutomationError(FAILURE.newsNotSent, 'not taken');
    }
    this.all.push(message);
  }
}

/** Remembers names as Step Functions does; tests set how an execution ended. */
export class FakeRollouts implements Starter<RolloutRequest> {
  readonly executions = new Map<string, { readonly request: RolloutRequest; status: string }>();

  async start(name: string, request: RolloutRequest): ReturnType<Starter<RolloutRequest>['start']> {
    const known = this.executions.get(name);
    if (known !== undefined) return { kind: 'exists', status: known.status };
    this.executions.set(name, { request, status: 'RUNNING' });
    return { kind: 'started' };
  }

  end(name: string, status: string): void {
    const execution = this.executions.get(name);
    if (execution === undefined) throw new Error(`no execution ${name}`);
    execution.status = status;
  }
}

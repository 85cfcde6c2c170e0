import type { AccountSetup, WorkspaceFactory } from '../../lambda/app/provisioning-ports.ts';
import { FAILURE, type FailureName } from '../../lambda/contract/failures.ts';
import { AutomationError } from '../../lambda/domain/failure.ts';
import type {
  CredentialConfiguration,
  NetworkConfiguration,
  NewCredentialConfiguration,
  NewNetwork,
  NewStorageConfiguration,
  StorageConfiguration,
} from '../../lambda/domain/provisioning.ts';
import type { NewWorkspace, Workspace } from '../../lambda/domain/workspace.ts';
import { type FakeWorkspaces, workspace } from './fakes.ts';

interface Named {
  readonly id: string;
  readonly name: string;
}

/** What happens to the next creation. */
type NextCreation =
  | 'accept'
  /** It is made, and the answer does not come. */
  | 'accept-and-lose-answer'
  /** Nothing is made, and nobody is told. */
  | 'lose'
  /** Somebody else makes the same at this moment. */
  | 'be-late'
  | AutomationError;

const lost = (): AutomationError => new AutomationError(FAILURE.databricksOutcomeUnknown, 'the answer was lost');

/** Configurations of one kind: names are taken, and there is room for so many. */
class FakeConfigurations<One extends Named, Wanted extends { readonly name: string }> {
  readonly all: One[] = [];
  next: NextCreation = 'accept';
  limit = 50;
  /** Creations that were asked for. */
  asked = 0;
  readonly inUse = new Set<string>();
  readonly deleted: string[] = [];
  readonly #make: (wanted: Wanted, id: string) => One;

  constructor(make: (wanted: Wanted, id: string) => One) {
    this.#make = make;
  }

  put(one: One): One {
    this.all.push(one);
    return one;
  }

  change(id: string, change: Partial<One>): void {
    const at = this.all.findIndex((one) => one.id === id);
    this.all.splice(at, 1, { ...this.#known(id), ...change });
  }

  async list(): Promise<readonly One[]> {
    return [...this.all];
  }

  async get(id: string): Promise<One> {
    return this.#known(id);
  }

  async create(wanted: Wanted): Promise<One> {
    this.asked += 1;
    const { next } = this;
    this.next = 'accept';
    if (next instanceof AutomationError) throw next;
    if (next === 'lose') throw lost();
    if (next === 'be-late') this.put(this.#make(wanted, `other-${this.asked}`));
    if (this.all.some(({ name }) => name === wanted.name)) {
      throw new AutomationError(FAILURE.nameTaken, `${wanted.name} is taken`);
    }
    if (this.all.length >= this.limit) {
      throw new AutomationError(FAILURE.accountLimitReached, `only ${this.limit} are allowed`);
    }
    const made = this.put(this.#make(wanted, `made-${this.asked}`));
    if (next === 'accept-and-lose-answer') throw lost();
    return made;
  }

  async delete(id: string): Promise<void> {
    if (this.inUse.has(id)) throw new AutomationError(FAILURE.configurationInUse, `${id} is in use`);
    this.deleted.push(id);
    this.all.splice(
      this.all.findIndex((one) => one.id === id),
      1,
    );
  }

  #known(id: string): One {
    const found = this.all.find((one) => one.id === id);
    if (found === undefined) throw new AutomationError(FAILURE.configurationNotFound, `no ${id}`);
    return found;
  }
}

export class FakeSetup implements AccountSetup {
  readonly credentials = new FakeConfigurations<CredentialConfiguration, NewCredentialConfiguration>((wanted, id) => ({
    ...wanted,
    ...{ id, createdAt: 0 },
  }));
  readonly storage = new FakeConfigurations<StorageConfiguration, NewStorageConfiguration>((wanted, id) => ({
    ...wanted,
    ...{ id, createdAt: 0 },
  }));
  readonly networks = new FakeConfigurations<NetworkConfiguration, NewNetwork>((wanted, id) => ({
    ...wanted,
    ...{ id, status: 'UNATTACHED', errors: [], warnings: [] },
  }));
}

/** Makes workspaces that are PROVISIONING, and removes them in two looks. */
export class FakeFactory implements WorkspaceFactory {
  next: NextCreation = 'accept';
  /** What stands before a deployment name. */
  prefix = 'acme-';
  asked: NewWorkspace[] = [];
  readonly deletions: string[] = [];
  /** Failures of the next deletions. */
  readonly refusals: FailureName[] = [];
  readonly #workspaces: FakeWorkspaces;

  constructor(workspaces: FakeWorkspaces) {
    this.#workspaces = workspaces;
  }

  async create(wanted: NewWorkspace): Promise<Workspace> {
    this.asked.push(wanted);
    const { next } = this;
    this.next = 'accept';
    if (next instanceof AutomationError) throw next;
    if (next === 'lose') throw lost();
    const made = this.#make(wanted);
    if (next === 'be-late') throw new AutomationError(FAILURE.nameTaken, `${wanted.name} is taken`);
    if (next === 'accept-and-lose-answer') throw lost();
    return made;
  }

  async delete(id: string): Promise<void> {
    const refusal = this.refusals.shift();
    if (refusal !== undefined) throw new AutomationError(refusal, `${id} is not deleted now`);
    this.deletions.push(id);
    this.#workspaces.set(id, { status: 'CANCELLING' });
  }

  #make(wanted: NewWorkspace): Workspace {
    const id = String(100 + this.asked.length);
    const { customTags: _tags, deploymentName, ...shown } = wanted;
    const made = workspace(id, {
      ...shown,
      ...{
        status: 'PROVISIONING',
        deploymentName: deploymentName === undefined ? `dbc-${id}` : this.prefix + deploymentName,
      },
    });
    this.#workspaces.all.set(id, made);
    return made;
  }
}

export const ROLE = 'arn:aws:iam::111122223333:role/databricks';

/** A whole setup to be made, without keys. */
export const SETUP = {
  credentials: { name: 'prod-credentials', roleArn: ROLE },
  storage: { name: 'prod-storage', bucket: 'prod-root' },
  network: {
    ...{ name: 'prod-network', vpcId: 'vpc-1' },
    ...{ subnetIds: ['subnet-1', 'subnet-2'], securityGroupIds: ['sg-1'] },
  },
} as const;

/** The failure that something ends with. */
export const failureOf = (act: Promise<unknown>): Promise<{ readonly name: string; readonly message: string }> =>
  act.then(
    () => ({ name: 'none', message: '' }),
    (error: Error) => ({ name: error.name, message: error.message }),
  );

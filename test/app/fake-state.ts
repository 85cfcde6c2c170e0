import type {
  ComputeRest,
  ComputeRests,
  LeaseAnswer,
  Leases,
  Registration,
  Registrations,
  StoppedCompute,
  StoppedComputeRecord,
} from '../../lambda/app/ports.ts';
import type { MadeThing, Provenance } from '../../lambda/app/provisioning-ports.ts';
import { FAILURE } from '../../lambda/contract/failures.ts';
import { AutomationError } from '../../lambda/domain/failure.ts';

// What is kept in the state table.

export class FakeLeases implements Leases {
  readonly held = new Map<string, { readonly owner: string; readonly until: number }>();
  readonly #now: () => number;

  constructor(now: () => number) {
    this.#now = now;
  }

  async take(resource: string, owner: string, until: number): Promise<LeaseAnswer> {
    const now = this.held.get(resource);
    if (now !== undefined && now.owner !== owner && now.until >= this.#now()) return { kind: 'taken', ...now };
    this.held.set(resource, { owner, until });
    return { kind: 'held' };
  }

  async renew(resource: string, owner: string, until: number): Promise<void> {
    if (this.held.get(resource)?.owner !== owner)
      throw new AutomationError(FAILURE.leaseLost, `${resource} is no longer ours`);
    this.held.set(resource, { owner, until });
  }

  async holder(resource: string): ReturnType<Leases['holder']> {
    const found = this.held.get(resource);
    return found === undefined || found.until < this.#now() ? undefined : found;
  }

  async release(resource: string, owner: string): Promise<void> {
    if (this.held.get(resource)?.owner === owner) this.held.delete(resource);
  }
}

export class FakeRests implements ComputeRests {
  readonly all = new Map<string, ComputeRest>();

  async of(workspaceId: string): Promise<ComputeRest | undefined> {
    return this.all.get(workspaceId);
  }

  async begin(workspaceId: string, rest: ComputeRest): Promise<void> {
    this.all.set(workspaceId, rest);
  }

  async end(workspaceId: string, rolloutId: string): Promise<void> {
    if (this.all.get(workspaceId)?.rolloutId === rolloutId) this.all.delete(workspaceId);
  }
}

export class FakeStoppedCompute implements StoppedCompute {
  readonly records = new Map<string, StoppedComputeRecord>();

  async read(workspaceId: string): Promise<StoppedComputeRecord | undefined> {
    return this.records.get(workspaceId);
  }

  async all(): Promise<readonly StoppedComputeRecord[]> {
    return [...this.records.values()];
  }

  async write(record: StoppedComputeRecord): Promise<void> {
    const before = this.records.get(record.workspaceId)?.version ?? 0;
    if (before !== record.version - 1) throw new AutomationError(FAILURE.stateChanged, 'written in between');
    this.records.set(record.workspaceId, record);
  }

  async clear(workspaceId: string, version: number): Promise<void> {
    if (this.records.get(workspaceId)?.version !== version)
      throw new AutomationError(FAILURE.stateChanged, 'written in between');
    this.records.delete(workspaceId);
  }

  async counts(): Promise<ReadonlyMap<string, number>> {
    return new Map([...this.records].map(([id, { units }]) => [id, units.length]));
  }

  async having(workspaceIds: readonly string[]): Promise<ReadonlySet<string>> {
    return new Set(workspaceIds.filter((id) => this.records.has(id)));
  }
}

export class FakeRegistrations implements Registrations {
  readonly #added = new Map<string, Registration[]>();
  readonly #begun = new Map<string, readonly string[]>();

  async of(keyArn: string): Promise<readonly Registration[]> {
    return this.#added.get(keyArn) ?? [];
  }

  async add(keyArn: string, registration: Registration): Promise<void> {
    this.#added.set(keyArn, [...(this.#added.get(keyArn) ?? []), registration]);
  }

  async begin(keyArn: string, materialId: string, there: readonly string[]): Promise<readonly string[]> {
    const place = `${keyArn} ${materialId}`;
    const begun = this.#begun.get(place) ?? there;
    this.#begun.set(place, begun);
    return begun;
  }
}

export class FakeProvenance implements Provenance {
  readonly known = new Set<string>();

  async note(thing: MadeThing, workspaceName: string): Promise<void> {
    this.known.add(`${thing} for ${workspaceName}`);
  }

  async isMadeFor(thing: MadeThing, workspaceName: string): Promise<boolean> {
    return this.known.has(`${thing} for ${workspaceName}`);
  }

  async forget(thing: MadeThing, workspaceName: string): Promise<void> {
    this.known.delete(`${thing} for ${workspaceName}`);
  }
}

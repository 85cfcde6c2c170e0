import type {
  PruneBudget,
  RewritesOwed,
  SecretLedger,
  SyncedScope,
  SyncRecords,
  WorkspaceHost,
  WorkspaceHosts,
} from '../../lambda/app/secret-ports.ts';
import { FAILURE } from '../../lambda/contract/failures.ts';
import type { SecretBinding } from '../../lambda/contract/secret-bindings.ts';
import type { ScopeResult, SyncScopeInput } from '../../lambda/contract/secret-sync.ts';
import { AutomationError } from '../../lambda/domain/failure.ts';
import type { LedgerEntry, ScopeLedger, SpreadMembers } from '../../lambda/domain/ledger.ts';
import type { RewriteOwed } from '../../lambda/domain/rewrite-owed.ts';
import { type ScopePlace, sameName } from '../../lambda/domain/secret.ts';

export const CREDENTIAL_SECRET = 'databricks/security-automation';
export const arnOf = (name: string): string => `arn:aws:secretsmanager:us-west-2:111122223333:secret:${name}-a1b2c3`;

export const secretBinding = (change: Partial<SecretBinding> = {}): SecretBinding => ({
  id: 'app',
  workspaces: ['1'],
  select: { kind: 'scopes', scopes: ['app'], include: [{ by: 'name-prefix', prefix: 'app/' }], exclude: [] },
  keyTemplate: '{basename}',
  json: 'whole',
  access: [],
  otherAccess: 'keep',
  prune: 'owned',
  pruneLimit: 20,
  drift: 'repair',
  deletionGraceHours: null,
  ...change,
});

export const scopeInput = (change: Partial<SyncScopeInput> = {}): SyncScopeInput => ({
  workspaceId: '1',
  workspaceName: 'one',
  deploymentName: 'dbc-1',
  scope: 'app',
  bindingIds: ['app'],
  secrets: null,
  rewriteId: null,
  reportLimit: 100,
  syncId: 'sync-1',
  owner: 'owner-1',
  dryRun: false,
  confirmDeletes: 0,
  earlier: null,
  ...change,
});

const placeName = ({ workspaceId, scope }: ScopePlace): string => `${workspaceId}/${sameName(scope)}`;

interface HeldLedger {
  readonly place: ScopePlace;
  readonly entries: Map<string, LedgerEntry>;
  readonly grants: Set<string>;
  readonly spreads: Map<string, SpreadMembers>;
}

/** Keeps what it is told, by revision; can be lost. */
export class FakeLedger implements SecretLedger {
  readonly #scopes = new Map<string, HeldLedger>();

  async read(place: ScopePlace): Promise<ScopeLedger> {
    const { entries, grants, spreads } = this.#of(place);
    return { entries: [...entries.values()], grants: [...grants], spreads: [...spreads.values()] };
  }

  async write(place: ScopePlace, entry: LedgerEntry): Promise<LedgerEntry> {
    const { entries } = this.#of(place);
    const stored = entries.get(sameName(entry.key))?.revision ?? 0;
    if (stored !== entry.revision) throw new AutomationError(FAILURE.stateChanged, 'written in between');
    const written = { ...entry, revision: entry.revision + 1 };
    entries.set(sameName(entry.key), written);
    return written;
  }

  async remove(place: ScopePlace, { key, revision }: LedgerEntry): Promise<void> {
    const { entries } = this.#of(place);
    if (entries.get(sameName(key))?.revision !== revision) {
      throw new AutomationError(FAILURE.stateChanged, 'written in between');
    }
    entries.delete(sameName(key));
  }

  async noteMembers(place: ScopePlace, spread: SpreadMembers): Promise<void> {
    this.#of(place).spreads.set(spread.secretArn, spread);
  }

  async noteGrant(place: ScopePlace, principal: string): Promise<void> {
    this.#of(place).grants.add(principal);
  }

  async removeGrant(place: ScopePlace, principal: string): Promise<void> {
    this.#of(place).grants.delete(principal);
  }

  async scopesOf(secretArn: string): Promise<readonly ScopePlace[]> {
    return [...this.#scopes.values()]
      .filter(({ entries }) => [...entries.values()].some((entry) => entry.secretArn === secretArn))
      .map(({ place }) => place);
  }

  lose(): void {
    this.#scopes.clear();
  }

  #of(place: ScopePlace): HeldLedger {
    const held = this.#scopes.get(placeName(place)) ?? {
      place,
      entries: new Map(),
      grants: new Set(),
      spreads: new Map(),
    };
    this.#scopes.set(placeName(place), held);
    return held;
  }
}

export class FakeRecords implements SyncRecords {
  /** The later, the newer. */
  readonly noted: ScopeResult[] = [];
  readonly filled: Parameters<SyncRecords['noteFilled']>[0][] = [];

  async note(result: ScopeResult): Promise<void> {
    this.noted.push(result);
  }

  async noteFilled(scope: Parameters<SyncRecords['noteFilled']>[0]): Promise<void> {
    this.filled.push(scope);
  }

  async scopes(): Promise<readonly SyncedScope[]> {
    return [
      ...this.noted.map((one, lastSyncAt) => ({ ...one, lastSyncAt })),
      ...this.filled.map((one) => ({ ...one, lastSyncAt: 0 })),
    ];
  }
}

/** Where the one workspace of most tests answers. */
export const HOST: WorkspaceHost = {
  ...{ workspaceId: '1', name: 'one', deploymentName: 'dbc-1', region: 'us-west-2' },
};

export class FakeHosts implements WorkspaceHosts {
  readonly hosts = new Map<string, WorkspaceHost>();

  async remembered(): Promise<ReadonlyMap<string, WorkspaceHost>> {
    return this.hosts;
  }

  async remember(hosts: readonly WorkspaceHost[]): Promise<void> {
    for (const host of hosts) this.hosts.set(host.workspaceId, host);
  }
}

export class FakeRewrites implements RewritesOwed {
  readonly reasons = new Map<string, RewriteOwed>();

  async owe(workspaceId: string, owed: RewriteOwed): Promise<void> {
    this.reasons.set(workspaceId, owed);
  }

  async owed(): Promise<ReadonlyMap<string, RewriteOwed>> {
    return this.reasons;
  }

  async settle(workspaceId: string, rewriteId: string): Promise<void> {
    if (this.reasons.get(workspaceId)?.rewriteId === rewriteId) this.reasons.delete(workspaceId);
  }
}

type Reservation = Parameters<PruneBudget['reserve']>[0];

export class FakeBudget implements PruneBudget {
  readonly #booked = new Map<string, Map<string, number>>();

  async reserve({ syncId, bindingId, place, count, limit }: Reservation): Promise<boolean> {
    const booked = this.#booked.get(`${syncId} ${bindingId}`) ?? new Map<string, number>();
    const others = [...booked].reduce((sum, [name, number]) => (name === placeName(place) ? sum : sum + number), 0);
    if (others + count > limit) return false;
    this.#booked.set(`${syncId} ${bindingId}`, booked.set(placeName(place), count));
    return true;
  }
}

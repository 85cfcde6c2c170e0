import type {
  PruneBudget,
  RewritesOwed,
  SecretLedger,
  SecretScopes,
  SecretSource,
  SyncedScope,
  SyncRecords,
  WorkspaceHost,
  WorkspaceHosts,
} from '../../lambda/app/secret-ports.ts';
import { FAILURE, type FailureName } from '../../lambda/contract/failures.ts';
import type { AccessRule, SecretBinding } from '../../lambda/contract/secret-bindings.ts';
import type { ScopeResult, SyncScopeInput } from '../../lambda/contract/secret-sync.ts';
import { AutomationError, Throttled } from '../../lambda/domain/failure.ts';
import type { LedgerEntry, ScopeLedger, SpreadMembers } from '../../lambda/domain/ledger.ts';
import {
  type ReadOutcome,
  type ScopeKey,
  type ScopePlace,
  type SecretQuery,
  type SecretScope,
  type SecretValue,
  type SourceSecret,
  sameName,
} from '../../lambda/domain/secret.ts';
import { Sensitive } from '../../lambda/domain/sensitive.ts';

export const CREDENTIAL_SECRET = 'databricks/security-automation';
export const OWN = '4b3c1d2e-0f5a-4e6b-8c7d-9a0b1c2d3e4f';
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

interface HeldSecret {
  readonly name: string;
  readonly tags: Map<string, string>;
  version: number;
  value: string | undefined;
  deletionScheduled: boolean;
}

/** AWS Secrets Manager as a sync sees it; what a list shows can be frozen, because the real one lags behind. */
export class FakeSource implements SecretSource {
  readonly secrets = new Map<string, HeldSecret>();
  readonly unreadable = new Set<string>();
  readonly hidden = new Set<string>();
  reads = 0;
  /** Called before each read, for what happens in between. */
  beforeRead: () => void = () => undefined;
  #frozen: readonly SourceSecret[] | undefined;

  put(name: string, value: string | undefined, tags: Readonly<Record<string, string>> = {}): void {
    const known = this.secrets.get(name);
    if (known === undefined) {
      const tagged = new Map(Object.entries(tags));
      this.secrets.set(name, { name, tags: tagged, version: 1, value, deletionScheduled: false });
      return;
    }
    known.version += 1;
    known.value = value;
  }

  change(name: string, change: (secret: HeldSecret) => void): void {
    const secret = this.secrets.get(name);
    if (secret === undefined) throw new Error(`no secret ${name}`);
    change(secret);
  }

  freezeList(): void {
    this.#frozen = this.#all();
  }

  thawList(): void {
    this.#frozen = undefined;
  }

  async list({ namePrefixes, tag }: SecretQuery): Promise<readonly SourceSecret[]> {
    return (this.#frozen ?? this.#all()).filter(
      ({ name, tags, deletionScheduled }) =>
        !deletionScheduled &&
        (namePrefixes === undefined || namePrefixes.some((prefix) => name.startsWith(prefix))) &&
        (tag === undefined || (tag.value === undefined ? tags.has(tag.key) : tags.get(tag.key) === tag.value)),
    );
  }

  async describe(id: string): Promise<SourceSecret | 'gone' | 'hidden'> {
    const found = this.#all().find(({ arn, name }) => arn === id || name === id);
    if (found !== undefined && this.hidden.has(found.name)) return 'hidden';
    return found ?? 'gone';
  }

  async read(arns: readonly string[]): Promise<ReadonlyMap<string, ReadOutcome>> {
    if (arns.length > 20) throw new RangeError('at most 20');
    this.beforeRead();
    this.reads += arns.length;
    return new Map(arns.map((arn) => [arn, this.#read(arn)]));
  }

  #read(arn: string): ReadOutcome {
    const secret = [...this.secrets.values()].find(({ name }) => arnOf(name) === arn);
    if (secret?.value === undefined || this.unreadable.has(secret.name)) {
      const name: FailureName = secret === undefined ? FAILURE.secretNotFound : FAILURE.secretUnreadable;
      return { kind: 'failed', failure: new AutomationError(name, `cannot read ${arn}`) };
    }
    const value: SecretValue = { kind: 'text', text: new Sensitive(secret.value) };
    return { kind: 'read', versionId: `v${secret.version}`, value };
  }

  #all(): readonly SourceSecret[] {
    return [...this.secrets.values()].map(({ name, tags, version, value, deletionScheduled }) => ({
      arn: arnOf(name),
      name,
      tags: new Map(tags),
      ...(value !== undefined && { versionId: `v${version}` }),
      deletionScheduled,
    }));
  }
}

interface StoredKey {
  readonly key: string;
  readonly value: string;
  readonly updatedAt: number;
}

interface HeldScope {
  readonly name: string;
  readonly backend: string;
  readonly keys: Map<string, StoredKey>;
  readonly access: Map<string, AccessRule>;
}

/** The secret scopes of one workspace: fills up, forgets, throttles, loses changes of access. */
export class FakeScopes implements SecretScopes {
  readonly scopes = new Map<string, HeldScope>();
  readonly calls: string[] = [];
  /** The next so many puts are throttled. */
  throttles = 0;
  retryAfterMs: number | undefined = undefined;
  readonly refusedKeys = new Set<string>();
  readonly refusedPrincipals = new Set<string>();
  /** The next so many changes of access are accepted and lost. */
  losesAccess = 0;
  /** Thrown by the put of this number, counted from 1. */
  failAtPut: { readonly put: number; readonly error: Error } | undefined = undefined;
  #time = 1_000;
  #puts = 0;

  make(name: string, backend = 'DATABRICKS'): HeldScope {
    const access = new Map([[OWN, { principal: OWN, permission: 'MANAGE' as const }]]);
    const scope = { name, backend, keys: new Map<string, StoredKey>(), access };
    this.scopes.set(sameName(name), scope);
    return scope;
  }

  /** As a person does it in Databricks. */
  edit(scope: string, key: string, value: string): void {
    const { keys } = this.#scope(scope);
    this.#time += 1;
    keys.set(sameName(key), { key: keys.get(sameName(key))?.key ?? key, value, updatedAt: this.#time });
  }

  values(scope: string): Readonly<Record<string, string>> {
    const { keys } = this.#scope(scope);
    return Object.fromEntries([...keys.values()].map(({ key, value }) => [key, value]));
  }

  writes(): readonly string[] {
    return this.calls.filter((call) => !/^(list|keys|access)\b/.test(call));
  }

  async list(): Promise<readonly SecretScope[]> {
    this.calls.push('list');
    return [...this.scopes.values()].map(({ name, backend }) => ({ name, backend }));
  }

  async create(scope: string, options: { readonly initialManagePrincipal?: 'users' }): Promise<void> {
    this.calls.push(`create ${scope}${options.initialManagePrincipal === undefined ? '' : ' for users'}`);
    if (this.scopes.has(sameName(scope))) throw new AutomationError(FAILURE.scopeExists, `${scope} exists`);
    this.make(scope);
  }

  async keys(scope: string): Promise<readonly ScopeKey[]> {
    this.calls.push(`keys ${scope}`);
    return [...this.#scope(scope).keys.values()].map(({ key, updatedAt }) => ({ key, updatedAt }));
  }

  async put(scope: string, key: string, value: SecretValue): Promise<void> {
    this.calls.push(`put ${key}`);
    this.#puts += 1;
    if (this.failAtPut?.put === this.#puts) throw this.failAtPut.error;
    if (this.throttles > 0) {
      this.throttles -= 1;
      throw new Throttled('too many requests', this.retryAfterMs);
    }
    const { keys } = this.#scope(scope);
    if (this.refusedKeys.has(key)) throw new AutomationError(FAILURE.secretRefused, `refused ${key}`);
    if (keys.size >= 1_000 && !keys.has(sameName(key))) throw new AutomationError(FAILURE.scopeIsFull, 'full');
    this.edit(scope, key, value.kind === 'text' ? value.text.reveal() : value.base64.reveal());
  }

  async deleteKey(scope: string, key: string): Promise<void> {
    this.calls.push(`delete ${key}`);
    this.#scope(scope).keys.delete(sameName(key));
  }

  async access(scope: string): Promise<readonly AccessRule[]> {
    this.calls.push(`access ${scope}`);
    return [...this.#scope(scope).access.values()];
  }

  async grant(scope: string, rule: AccessRule): Promise<void> {
    this.calls.push(`grant ${rule.principal} ${rule.permission}`);
    if (this.refusedPrincipals.has(rule.principal)) {
      throw new AutomationError(FAILURE.accessRuleRefused, `no principal ${rule.principal}`);
    }
    if (!this.#isLost()) this.#scope(scope).access.set(rule.principal, rule);
  }

  async revoke(scope: string, principal: string): Promise<void> {
    this.calls.push(`revoke ${principal}`);
    if (!this.#isLost()) this.#scope(scope).access.delete(principal);
  }

  async identity(): Promise<string> {
    return OWN;
  }

  #isLost(): boolean {
    if (this.losesAccess === 0) return false;
    this.losesAccess -= 1;
    return true;
  }

  #scope(scope: string): HeldScope {
    const found = this.scopes.get(sameName(scope));
    if (found === undefined) throw new AutomationError(FAILURE.scopeNotFound, `no scope ${scope}`);
    return found;
  }
}

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
  readonly reasons = new Map<string, string>();

  async owe(workspaceId: string, rewriteId: string): Promise<void> {
    this.reasons.set(workspaceId, rewriteId);
  }

  async owed(): Promise<ReadonlyMap<string, string>> {
    return this.reasons;
  }

  async settle(workspaceId: string, rewriteId: string): Promise<void> {
    if (this.reasons.get(workspaceId) === rewriteId) this.reasons.delete(workspaceId);
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

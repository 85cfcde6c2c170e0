import type { SecretScopes } from '../../lambda/app/secret-ports.ts';
import { FAILURE } from '../../lambda/contract/failures.ts';
import type { AccessRule } from '../../lambda/contract/secret-bindings.ts';
import { AutomationError, Throttled } from '../../lambda/domain/failure.ts';
import { type ScopeKey, type SecretScope, type SecretValue, sameName } from '../../lambda/domain/secret.ts';

/** Application id of the service principal that asks. */
export const OWN = '4b3c1d2e-0f5a-4e6b-8c7d-9a0b1c2d3e4f';

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

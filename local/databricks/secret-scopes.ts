import { type Answer, Refusal } from './answer.ts';
import type { Conditions } from './conditions.ts';
import type { Body } from './request-body.ts';
import { checkName, folded } from './secret-names.ts';
import { SecretScope } from './secret-scope.ts';
import type { SecretSwitches } from './secret-switches.ts';
import type { SecretAclSeed, SecretBackend, SecretScopeSeed, WorkspaceSeed } from './seed.ts';
import type { Caller } from './tokens.ts';

/** A scope as the control endpoint shows it: as it is, without lag, and without a value. */
export interface SecretScopeState {
  readonly name: string;
  readonly backend: SecretBackend;
  readonly acls: readonly SecretAclSeed[];
  readonly secrets: readonly SecretState[];
}

interface SecretState {
  readonly key: string;
  readonly lastUpdated: number;
  readonly keyConfigurationId: string | null;
}

// Groups that every workspace has.
const SYSTEM_GROUPS: readonly string[] = ['users', 'admins'];

/** The secret scopes of one workspace. */
export class SecretScopes {
  readonly #conditions: Conditions;
  readonly #principals: readonly string[] | undefined;
  readonly #keyInForce: () => string | undefined;
  readonly #scopes = new Map<string, SecretScope>();
  #aclWritesToLose = 0;

  /** `keyInForce`: the managed services key configuration that the workspace has now. */
  constructor(conditions: Conditions, seed: WorkspaceSeed, keyInForce: () => string | undefined) {
    this.#conditions = conditions;
    this.#principals = seed.principals;
    this.#keyInForce = keyInForce;
    for (const scope of seed.secretScopes ?? []) this.add(scope);
  }

  switches(): SecretSwitches {
    return this.#conditions.switches();
  }

  /** Refuses a bad name, one that is taken, and one scope too many. */
  add(seed: SecretScopeSeed): void {
    const { secretNames, secretLimits } = this.#conditions.switches();
    checkName('Scope', seed.name, secretNames);
    if (this.#scopes.has(folded(seed.name))) {
      throw new Refusal(400, 'RESOURCE_ALREADY_EXISTS', `Scope ${seed.name} already exists!`);
    }
    if (this.#scopes.size >= secretLimits.scopes) throw full(secretLimits.scopes);
    this.#scopes.set(folded(seed.name), new SecretScope(this.#conditions, seed, this.#keyInForce));
  }

  /** By name, however it is spelled; refuses in the observed words. */
  find(name: string): SecretScope {
    const scope = this.peek(name);
    if (scope !== undefined) return scope;
    throw new Refusal(404, 'RESOURCE_DOES_NOT_EXIST', `Scope ${name} does not exist!`);
  }

  peek(name: string): SecretScope | undefined {
    return this.#scopes.get(folded(name));
  }

  /** Takes a scope away with all that is in it. */
  remove(name: string): void {
    this.#scopes.delete(folded(this.find(name).name));
  }

  /** GET scopes/list: names "are readable by all users in the workspace"; empty: `{}`. */
  list(): Answer {
    const scopes = [...this.#scopes.values()].map(view);
    return { status: 200, body: scopes.length === 0 ? {} : { scopes } };
  }

  states(): readonly SecretScopeState[] {
    return [...this.#scopes.values()].map(state);
  }

  /** Whether the workspace knows a principal. Without a list of them it knows everybody. */
  knows(principal: string, caller: Caller): boolean {
    if (this.#principals === undefined || principal === caller.principal) return true;
    return SYSTEM_GROUPS.includes(principal) || this.#principals.includes(principal);
  }

  /** The next so many ACL writes of callers are accepted and lost. */
  loseAclWrites(count: number): void {
    this.#aclWritesToLose = count;
  }

  /** Whether this ACL write is to be lost; it is used up by one. */
  losesAclWrite(): boolean {
    if (this.#aclWritesToLose <= 0) return false;
    this.#aclWritesToLose -= 1;
    return true;
  }
}

// The code is documented, the text is a guess.
const full = (most: number): Refusal =>
  new Refusal(400, 'RESOURCE_LIMIT_EXCEEDED', `The workspace has reached the limit of ${most} secret scopes.`);

const view = ({ name, backend, keyVault }: SecretScope): Body => ({
  name,
  backend_type: backend,
  ...(keyVault === undefined
    ? {}
    : { keyvault_metadata: { resource_id: keyVault.resourceId, dns_name: keyVault.dnsName } }),
});

const state = (scope: SecretScope): SecretScopeState => ({
  name: scope.name,
  backend: scope.backend,
  acls: scope.acls.items(),
  secrets: scope.all().map(({ key, lastUpdated, keyConfigurationId }) => ({
    key,
    lastUpdated,
    keyConfigurationId: keyConfigurationId ?? null,
  })),
});

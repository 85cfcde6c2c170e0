import { Refusal } from './answer.ts';
import type { Conditions } from './conditions.ts';
import { SecretAcls } from './secret-acls.ts';
import { checkName, folded } from './secret-names.ts';
import { checkSize } from './secret-value.ts';
import type { KeyVaultSeed, SecretBackend, SecretScopeSeed } from './seed.ts';

/** A stored secret. */
export interface Secret {
  /** As it was first spelled. */
  readonly key: string;
  readonly value: Buffer;
  /** Milliseconds since the epoch. */
  readonly lastUpdated: number;
  /** The managed services key configuration that its workspace had when it was written. */
  readonly keyConfigurationId: string | undefined;
}

/** One secret scope: its secrets and who may use them. */
export class SecretScope {
  readonly name: string;
  readonly backend: SecretBackend;
  readonly keyVault: KeyVaultSeed | undefined;
  readonly acls: SecretAcls;
  readonly #conditions: Conditions;
  readonly #keyInForce: () => string | undefined;
  readonly #secrets = new Map<string, Secret>();
  #lastUpdated = 0;

  constructor(conditions: Conditions, seed: SecretScopeSeed, keyInForce: () => string | undefined) {
    this.name = seed.name;
    this.backend = seed.backend ?? 'DATABRICKS';
    this.keyVault = seed.keyVault;
    this.acls = new SecretAcls(conditions, seed.acls ?? []);
    this.#conditions = conditions;
    this.#keyInForce = keyInForce;
    for (const { key, value } of seed.secrets ?? []) this.put(key, Buffer.from(value, 'utf8'));
  }

  all(): readonly Secret[] {
    return [...this.#secrets.values()];
  }

  find(key: string): Secret | undefined {
    return this.#secrets.get(folded(key));
  }

  /**
   * Stores a value; each put of a scope has a later time than the one before, even within one millisecond. Refuses a bad
   * key, a value that is too big, and one secret too many.
   */
  put(key: string, value: Buffer): void {
    const { secretNames, secretLimits } = this.#conditions.switches();
    checkName('Key', key, secretNames);
    checkSize(value, secretLimits.valueBytes);
    const known = this.find(key);
    if (known === undefined && this.#secrets.size >= secretLimits.secretsPerScope) throw this.#full();
    this.#lastUpdated = Math.max(this.#conditions.now(), this.#lastUpdated + 1);
    const written = { value, lastUpdated: this.#lastUpdated, keyConfigurationId: this.#keyInForce() };
    this.#secrets.set(folded(key), { key: known?.key ?? key, ...written });
  }

  /** Takes a secret away; refuses one that is not there. */
  remove(key: string): void {
    if (!this.#secrets.delete(folded(key))) throw this.missing(key);
  }

  /** The refusal of a secret that does not exist; its text is a guess. */
  missing(key: string): Refusal {
    return new Refusal(404, 'RESOURCE_DOES_NOT_EXIST', `Secret ${key} does not exist in scope ${this.name}!`);
  }

  // The code is documented, the text is a guess.
  #full(): Refusal {
    const { secretsPerScope } = this.#conditions.switches().secretLimits;
    const text = `Scope ${this.name} has reached the limit of ${secretsPerScope} secrets.`;
    return new Refusal(400, 'RESOURCE_LIMIT_EXCEEDED', text);
  }
}

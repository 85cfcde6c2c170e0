import type { SecretScopes } from '../app/secret-ports.ts';
import { FAILURE, type FailureName } from '../contract/failures.ts';
import type { AccessRule, Permission } from '../contract/secret-bindings.ts';
import { AutomationError, isFailure, Throttled } from '../domain/failure.ts';
import { type ScopeKey, type SecretScope, type SecretValue, sameName } from '../domain/secret.ts';
import { takesKeyVaults } from './azure-host.ts';
import { DatabricksError } from './databricks-error.ts';
import type { Field } from './field.ts';
import type { DatabricksCall, DatabricksHttp } from './http.ts';
import { type SecretPlace, secretFailure } from './secret-failure.ts';
import { createFailure, grantFailure, putFailure, saysExists } from './secret-refusal.ts';
import { ifStillThere, isMissing } from './still-there.ts';

interface ScopeOptions {
  /** Gives every user of the workspace MANAGE. Without it, only the service principal that asks has it. */
  readonly initialManagePrincipal?: 'users';
}

interface KeyVault extends ScopeOptions {
  /** Azure resource id of the vault. */
  readonly resourceId: string;
  /** `https://NAME.vault.azure.net/` */
  readonly dnsName: string;
}

const PATH = '/api/2.0/secrets';

/**
 * Secret scopes over the Secrets API 2.0 of the workspace that `http` speaks to. Values can be written, never read.
 * Databricks is known to lag behind its own writes of access lists: read them again before relying on them.
 */
export class WorkspaceSecrets implements SecretScopes {
  readonly #http: DatabricksHttp;
  readonly #identity: () => Promise<string>;

  /** `identity` answers the application id of the service principal that `http` signs in as. */
  constructor(http: DatabricksHttp, identity: () => Promise<string>) {
    this.#http = http;
    this.#identity = identity;
  }

  identity(): Promise<string> {
    return this.#identity();
  }

  async list(): Promise<readonly SecretScope[]> {
    const answer = await this.#http.request(get('/scopes/list'));
    return itemsOf(answer, 'scopes').map((item) => ({
      name: item.at('name').text(),
      backend: item.at('backend_type').text(),
    }));
  }

  /** Succeeds if the answer was lost but the scope stands. Whose it then is, its access list tells. */
  async create(scope: string, options: ScopeOptions): Promise<void> {
    await this.#create(scope, { scope, ...initialAcl(options) });
  }

  /**
   * Creates a scope that shows the secrets of an Azure Key Vault. Fails as `create` does, and with InputInvalid before
   * anything is sent where the workspace is not on Azure.
   */
  async createKeyVault(scope: string, vault: KeyVault): Promise<void> {
    if (!takesKeyVaults(this.#http.baseUrl)) throw notOnAzure(scope, this.#http.baseUrl);
    await this.#create(scope, {
      scope,
      scope_backend_type: 'AZURE_KEYVAULT',
      backend_azure_keyvault: { resource_id: vault.resourceId, dns_name: vault.dnsName },
      ...initialAcl(vault),
    });
  }

  /** Deletes a scope with all its secrets and its access list. Succeeds if it is gone already. */
  async deleteScope(scope: string): Promise<void> {
    await ifStillThere(() => this.#http.request(repeatablePost('/scopes/delete', { scope })));
  }

  async keys(scope: string): Promise<readonly ScopeKey[]> {
    const answer = await this.#inScope(scope, get('/list', { scope }));
    return itemsOf(answer, 'secrets').map((item) => ({
      key: item.at('key').text(),
      updatedAt: item.at('last_updated_timestamp').integer(),
    }));
  }

  /** Of a refusal only status and code are kept: Databricks' words may repeat the value. */
  async put(scope: string, key: string, value: SecretValue): Promise<void> {
    const place = { scope, key };
    try {
      await this.#http.request({
        ...repeatablePost('/put', { scope, key, ...wireValue(value) }),
        throttling: 'report',
        quiet: true,
        naming: (refusal) => putFailure(refusal, place),
      });
    } catch (error) {
      throw this.#putError(place, error);
    }
  }

  async deleteKey(scope: string, key: string): Promise<void> {
    await this.#unlessMissing({ scope, key }, repeatablePost('/delete', { scope, key }));
  }

  async access(scope: string): Promise<readonly AccessRule[]> {
    return itemsOf(await this.#inScope(scope, get('/acls/list', { scope })), 'items').map(parseRule);
  }

  /** What one principal was granted by name, groups not counted; undefined if nothing. Fails with SecretScopeNotFound. */
  async accessOf(scope: string, principal: string): Promise<AccessRule | undefined> {
    const answer = await this.#unlessMissing({ scope, principal }, get('/acls/get', { scope, principal }));
    return answer === undefined ? undefined : parseRule(answer);
  }

  async grant(scope: string, { principal, permission }: AccessRule): Promise<void> {
    const place = { scope, principal };
    try {
      await this.#http.request(repeatablePost('/acls/put', { scope, principal, permission }));
    } catch (error) {
      if (!(error instanceof DatabricksError)) throw error;
      if (isMissing(error)) {
        const name = (await this.#stands(scope)) ? FAILURE.accessRuleRefused : FAILURE.scopeNotFound;
        throw this.#failure(name, place, error);
      }
      // Documented for a principal that has access already, though in practice it is overwritten.
      if (saysExists(error) && (await this.accessOf(scope, principal))?.permission === permission) return;
      const name = grantFailure(error);
      throw name === undefined ? error : this.#failure(name, place, error);
    }
  }

  async revoke(scope: string, principal: string): Promise<void> {
    await this.#unlessMissing({ scope, principal }, repeatablePost('/acls/delete', { scope, principal }));
  }

  async #create(scope: string, body: unknown): Promise<void> {
    try {
      await this.#http.request({ method: 'POST', path: `${PATH}/scopes/create`, body, answer: 'answer' });
    } catch (error) {
      if (isFailure(error, FAILURE.databricksOutcomeUnknown) && (await this.#standsIfToldSo(scope))) return;
      const name = error instanceof DatabricksError ? createFailure(error) : undefined;
      throw name === undefined ? error : this.#failure(name, { scope }, error);
    }
  }

  /** For requests about a scope as a whole: what a 404 misses is the scope. */
  async #inScope(scope: string, call: DatabricksCall): Promise<Field> {
    try {
      return await this.#http.request(call);
    } catch (error) {
      throw isMissing(error) ? this.#failure(FAILURE.scopeNotFound, { scope }, error) : error;
    }
  }

  /**
   * For requests about something in a scope: undefined if it is missing, SecretScopeNotFound if the scope is. A 404 has
   * the same code for both and its words are not documented, so the list of scopes decides.
   */
  async #unlessMissing(place: SecretPlace, call: DatabricksCall): Promise<Field | undefined> {
    try {
      return await this.#http.request(call);
    } catch (error) {
      if (!isMissing(error)) throw error;
      if (await this.#stands(place.scope)) return undefined;
      throw this.#failure(FAILURE.scopeNotFound, place, error);
    }
  }

  async #stands(scope: string): Promise<boolean> {
    return (await this.list()).some(({ name }) => sameName(name) === sameName(scope));
  }

  /** False also where the list cannot be had: then what failed before is what there is to report. */
  #standsIfToldSo(scope: string): Promise<boolean> {
    return this.#stands(scope).catch(() => false);
  }

  #failure(name: FailureName, place: SecretPlace, cause: unknown): AutomationError {
    return secretFailure(name, place, cause, this.#http.baseUrl);
  }

  #putError(place: SecretPlace, error: unknown): unknown {
    if (error instanceof Throttled) {
      const { message, cause } = this.#failure(FAILURE.databricksThrottled, place, error.cause);
      return new Throttled(message, error.retryAfterMs, { cause });
    }
    const isNamed = isFailure(
      error,
      FAILURE.scopeNotFound,
      FAILURE.scopeIsFull,
      FAILURE.scopeIsReadOnly,
      FAILURE.secretRefused,
    );
    return isNamed ? this.#failure(error.name, place, error) : error;
  }
}

const get = (path: string, query?: Readonly<Record<string, string>>): DatabricksCall => ({
  method: 'GET',
  path: `${PATH}${path}`,
  query,
  answer: 'answer',
});

const repeatablePost = (path: string, body: unknown): DatabricksCall => ({
  method: 'POST',
  path: `${PATH}${path}`,
  body,
  repeatable: true,
  answer: 'answer',
});

const initialAcl = ({ initialManagePrincipal }: ScopeOptions) =>
  initialManagePrincipal === undefined ? {} : { initial_manage_principal: initialManagePrincipal };

/** The only place where a value is revealed. */
const wireValue = (value: SecretValue) =>
  value.kind === 'text' ? { string_value: value.text.reveal() } : { bytes_value: value.base64.reveal() };

/** Databricks leaves out a collection that is empty. */
const itemsOf = (answer: Field, member: string): readonly Field[] =>
  answer.at(member).optional((field) => field.items()) ?? [];

const parseRule = (item: Field): AccessRule => ({
  principal: item.at('principal').text(),
  // A permission that Databricks adds later is kept: it equals none that is wanted, but it counts as access.
  permission: item.at('permission').text() as Permission,
});

const notOnAzure = (scope: string, baseUrl: string): AutomationError =>
  new AutomationError(
    FAILURE.inputInvalid,
    `scope '${scope}' cannot show an Azure Key Vault at ${new URL(baseUrl).host}: only Azure Databricks workspaces ` +
      '(*.azuredatabricks.net, *.databricks.azure.us, *.databricks.azure.cn) can; create a scope that Databricks keeps',
  );

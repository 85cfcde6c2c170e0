import { randomBytes } from 'node:crypto';
import { type Answer, Refusal } from './answer.ts';
import type { Conditions } from './conditions.ts';
import type { ServicePrincipalSeed } from './seed.ts';

/** Where a token is good: the account (and the workspaces its owner is assigned to), or one workspace. */
export type TokenReach = { readonly kind: 'account' } | { readonly kind: 'workspace'; readonly workspaceId: string };

interface Token {
  readonly reach: TokenReach;
  readonly owner: ServicePrincipalSeed;
  readonly expiresAt: number;
}

/** What the request log may know of a caller. */
export type CallerKind = 'none' | 'account' | 'workspace' | 'unknown' | 'client';

/** Who calls a workspace: the client id of a service principal. */
export interface Caller {
  readonly principal: string;
  readonly workspaceAdmin: boolean;
}

interface Credentials {
  readonly clientId: string;
  readonly clientSecret: string;
}

/** OAuth machine to machine: gives out tokens for client credentials and tells what a token is good for. */
export class Tokens {
  readonly #conditions: Conditions;
  readonly #principals: ServicePrincipalSeed[];
  readonly #tokens = new Map<string, Token>();

  constructor(conditions: Conditions, principals: readonly ServicePrincipalSeed[]) {
    this.#conditions = conditions;
    this.#principals = [...principals];
  }

  /**
   * POST token. Errors have OAuth's own form (RFC 6749). A service principal that is not assigned to the workspace is
   * answered like a wrong client.
   */
  grant(form: URLSearchParams, authorization: string | undefined, reach: TokenReach): Answer {
    const type = form.get('grant_type');
    if (type === null) return oauthError(400, 'invalid_request', 'grant_type is missing');
    if (type !== 'client_credentials') return oauthError(400, 'unsupported_grant_type', `unknown grant type ${type}`);
    const client = clientOf(form, authorization);
    const owner = this.#principals.find((principal) => isClient(principal, client));
    if (owner === undefined || (reach.kind === 'workspace' && !isAssigned(owner, reach.workspaceId))) {
      return oauthError(401, 'invalid_client', 'Client authentication failed');
    }
    const { tokenLifeMs } = this.#conditions.switches().timings;
    const value = `simulated-${randomBytes(24).toString('base64url')}`;
    this.#tokens.set(value, { reach, owner, expiresAt: this.#conditions.now() + tokenLifeMs });
    const body = {
      access_token: value,
      token_type: 'Bearer',
      expires_in: Math.floor(tokenLifeMs / 1000),
      scope: form.get('scope') ?? 'all-apis',
    };
    return { status: 200, body, headers: { 'cache-control': 'no-store' } };
  }

  /** Refuses a caller who may not use the account API. */
  checkAccount(authorization: string | undefined): void {
    const token = this.#valid(authorization);
    if (token.reach.kind !== 'account') throw unsupported();
    if (token.owner.accountAdmin) return;
    throw new Refusal(403, 'PERMISSION_DENIED', 'This API is disabled for users without account admin status.');
  }

  /** Who calls this workspace; refuses a caller who may not use it. */
  checkWorkspace(authorization: string | undefined, workspaceId: string): Caller {
    const token = this.#valid(authorization);
    if (token.reach.kind === 'workspace' && token.reach.workspaceId !== workspaceId) throw unsupported();
    const { clientId, workspaceAdmin = true } = token.owner;
    if (isAssigned(token.owner, workspaceId)) return { principal: clientId, workspaceAdmin };
    throw new Refusal(403, 'PERMISSION_DENIED', `Unauthorized access to Org: ${workspaceId}`);
  }

  addPrincipal(principal: ServicePrincipalSeed): void {
    this.#principals.push(principal);
  }

  /** From now on it gets no token, and those that it has are refused. */
  removePrincipal(clientId: string): void {
    const at = this.#principals.findIndex((principal) => principal.clientId === clientId);
    if (at < 0) throw new Error(`there is no service principal ${clientId}`);
    this.#principals.splice(at, 1);
  }

  kindOf(authorization: string | undefined): CallerKind {
    if (authorization === undefined) return 'none';
    if (authorization.startsWith('Basic ')) return 'client';
    return this.#tokens.get(bearer(authorization))?.reach.kind ?? 'unknown';
  }

  /** Forgets a token before its time. */
  drop(authorization: string | undefined): void {
    this.#tokens.delete(bearer(authorization ?? ''));
  }

  #valid(authorization: string | undefined): Token {
    const token = this.#tokens.get(bearer(authorization ?? ''));
    if (token === undefined || token.expiresAt <= this.#conditions.now()) throw unsupported();
    // Databricks, "Manage service principals": one that is deleted cannot sign in any more. That this ends its tokens at
    // once is the strict reading.
    if (!this.#principals.includes(token.owner)) throw unsupported();
    return token;
  }
}

const bearer = (authorization: string): string => /^Bearer (.+)$/i.exec(authorization)?.[1] ?? '';

// Observed text. It is also the answer to an expired token here; what the service says there was not found.
const unsupported = (): Refusal =>
  new Refusal(401, 'UNAUTHENTICATED', 'Credential was not sent or was of an unsupported type for this API.');

const oauthError = (status: number, error: string, description: string): Answer => ({
  status,
  body: { error, error_description: description },
});

const clientOf = (form: URLSearchParams, authorization: string | undefined): Credentials => {
  const basic = /^Basic (.+)$/i.exec(authorization ?? '')?.[1];
  if (basic === undefined) {
    return { clientId: form.get('client_id') ?? '', clientSecret: form.get('client_secret') ?? '' };
  }
  const clear = Buffer.from(basic, 'base64').toString();
  const colon = clear.indexOf(':');
  return { clientId: clear.slice(0, colon), clientSecret: clear.slice(colon + 1) };
};

const isClient = (principal: ServicePrincipalSeed, client: Credentials): boolean =>
  principal.clientId === client.clientId && principal.clientSecret === client.clientSecret;

const isAssigned = ({ workspaces }: ServicePrincipalSeed, workspaceId: string): boolean =>
  workspaces === 'all' || workspaces.includes(workspaceId);

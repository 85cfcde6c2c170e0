import { FAILURE } from '../contract/failures.ts';
import { AutomationError, isFailure } from '../domain/failure.ts';
import type { Sensitive } from '../domain/sensitive.ts';
import { type AccessToken, needsRefresh } from './access-token.ts';
import type { ClientCredentials, CredentialSource } from './credential-secret.ts';
import type { CallLimits } from './limits.ts';
import { requestToken, type TokenRequestTools } from './token-request.ts';

/** Tokens for one host. */
export interface TokenSource {
  /** A token that lasts; asks for one only if none is held. */
  get(limits: CallLimits): Promise<Sensitive<string>>;
  /** Forgets a token that was refused; a newer one, asked for meanwhile, stays. */
  drop(token: Sensitive<string>): void;
}

/**
 * OAuth tokens of a Lambda container, kept by token endpoint and client id. Make it once, outside the handler.
 * Callers that need the same token at the same time share one request.
 */
export class TokenCache {
  readonly #tools: TokenRequestTools;
  readonly #held = new Map<string, AccessToken>();
  readonly #asked = new Map<string, Promise<AccessToken>>();

  constructor(tools: TokenRequestTools) {
    this.#tools = tools;
  }

  /** Tokens of the service principal that `credentials` names, from `tokenUrl`. */
  source(tokenUrl: string, credentials: CredentialSource): TokenSource {
    return {
      get: (limits) => this.#get(tokenUrl, credentials, limits),
      drop: (token) => this.#drop(token),
    };
  }

  async #get(tokenUrl: string, credentials: CredentialSource, limits: CallLimits): Promise<Sensitive<string>> {
    const known = await credentials({ fresh: false });
    try {
      return await this.#token(tokenUrl, known, limits);
    } catch (error) {
      if (!isFailure(error, FAILURE.databricksUnauthenticated)) throw error;
      // The secret may have been rotated since this container read it.
      const current = await credentials({ fresh: true });
      if (isSame(known, current)) throw error;
      return this.#token(tokenUrl, current, limits);
    }
  }

  async #token(tokenUrl: string, credentials: ClientCredentials, limits: CallLimits): Promise<Sensitive<string>> {
    const place = `${tokenUrl} ${credentials.clientId}`;
    const held = this.#held.get(place);
    if (held !== undefined && !needsRefresh(held, this.#tools.now())) return held.value;
    const asked = this.#asked.get(place) ?? this.#ask(place, tokenUrl, credentials, limits);
    return (await untilStopped(asked, limits.signal, tokenUrl)).value;
  }

  /** Without the asking caller's signal: others may wait for the same token, and it is of use to the next call. */
  #ask(
    place: string,
    tokenUrl: string,
    credentials: ClientCredentials,
    { remainingMs }: CallLimits,
  ): Promise<AccessToken> {
    const asked = requestToken(tokenUrl, credentials, { remainingMs }, this.#tools)
      .then((token) => {
        this.#held.set(place, token);
        return token;
      })
      .finally(() => this.#asked.delete(place));
    this.#asked.set(place, asked);
    return asked;
  }

  #drop(token: Sensitive<string>): void {
    for (const [place, held] of this.#held) if (held.value === token) this.#held.delete(place);
  }
}

const isSame = (one: ClientCredentials, other: ClientCredentials): boolean =>
  one.clientId === other.clientId && one.clientSecret.reveal() === other.clientSecret.reveal();

/** What `promise` brings, unless `signal` fires first: then DatabricksUnavailable. */
const untilStopped = async <T>(promise: Promise<T>, signal: AbortSignal | undefined, url: string): Promise<T> => {
  if (signal === undefined) return promise;
  const { promise: stopped, reject } = Promise.withResolvers<never>();
  const stop = (): void =>
    reject(
      new AutomationError(
        FAILURE.databricksUnavailable,
        `POST ${url}: stopped waiting for a token because the invocation ends`,
      ),
    );
  if (signal.aborted) stop();
  signal.addEventListener('abort', stop);
  try {
    return await Promise.race([stopped, promise]);
  } finally {
    signal.removeEventListener('abort', stop);
  }
};

import { FAILURE } from '../contract/failures.ts';
import { Sensitive } from '../domain/sensitive.ts';
import type { AccessToken } from './access-token.ts';
import { checkBaseUrl, pathSegment } from './base-url.ts';
import type { ClientCredentials } from './credential-secret.ts';
import { DatabricksError } from './databricks-error.ts';
import { failureOfTry } from './failed-try.ts';
import { parseJsonOrNothing } from './json.ts';
import { type CallLimits, REQUEST_TIMEOUT_MS } from './limits.ts';
import { parseRefusal } from './refusal.ts';
import { type FailedTry, pauseBeforeRepeat, RESERVE_MS } from './repeat.ts';
import type { Sleep } from './sleep.ts';
import type { Transport, WireAnswer } from './transport.ts';

/** Where the service principal gets tokens for the Account API. */
export const accountTokenUrl = (accountHost: string, accountId: string): string =>
  `${checkBaseUrl(accountHost)}/oidc/accounts/${pathSegment(accountId)}/v1/token`;

/** Where the service principal gets tokens for one workspace. */
export const workspaceTokenUrl = (workspaceUrl: string): string => `${checkBaseUrl(workspaceUrl)}/oidc/v1/token`;

export interface TokenRequestTools {
  readonly transport: Transport;
  readonly sleep: Sleep;
  readonly now: () => number;
  readonly random: () => number;
}

/** Form encoding, which RFC 6749 section 2.3.1 wants inside HTTP Basic; leaves UUIDs and Databricks' secrets alone. */
const formEncode = (text: string): string => new URLSearchParams([['', text]]).toString().slice(1);

const basic = ({ clientId, clientSecret }: ClientCredentials): string =>
  Buffer.from(`${formEncode(clientId)}:${formEncode(clientSecret.reveal())}`).toString('base64');

const FORM = new URLSearchParams({ grant_type: 'client_credentials', scope: 'all-apis' }).toString();

/**
 * Asks for an OAuth token (client credentials, HTTP Basic). Repeats while the endpoint is throttled, not available or
 * not reachable, a few times: asking twice does no harm. Fails with DatabricksUnauthenticated if it is refused, and with
 * DatabricksAnswerUnreadable if a 200 holds no token.
 */
export const requestToken = async (
  tokenUrl: string,
  credentials: ClientCredentials,
  { signal, remainingMs = () => Number.POSITIVE_INFINITY }: CallLimits,
  { transport, sleep, now, random }: TokenRequestTools,
): Promise<AccessToken> => {
  const authorization = basic(credentials);
  const secrets = [credentials.clientSecret.reveal(), formEncode(credentials.clientSecret.reveal()), authorization];
  for (let attempt = 1; ; attempt += 1) {
    const askedAt = now();
    const timeoutMs = Math.min(REQUEST_TIMEOUT_MS, remainingMs() - RESERVE_MS);
    const answer = await (timeoutMs <= 0
      ? ({ kind: 'lost', reason: 'stopped', sent: false } as const)
      : transport({
          method: 'POST',
          url: tokenUrl,
          headers: { authorization: `Basic ${authorization}`, 'content-type': 'application/x-www-form-urlencoded' },
          body: FORM,
          timeoutMs,
          signal,
        }));
    if (answer.kind === 'answer' && answer.status >= 200 && answer.status < 300) {
      return parseToken(answer, tokenUrl, askedAt);
    }
    const failed: FailedTry = answer.kind === 'lost' ? answer : { kind: 'refused', refusal: parseRefusal(answer) };
    const failure = failureOfTry(failed, {
      method: 'POST',
      url: tokenUrl,
      api: 'token',
      repeatable: true,
      attempt,
      secrets,
    });
    const situation = { attempt, repeatable: true, remainingMs: remainingMs(), now: now(), random };
    const pause = pauseBeforeRepeat(failed, situation);
    if (pause === undefined) throw failure;
    await sleep(pause, signal).catch(() => {
      throw failure;
    });
  }
};

const parseToken = (answer: WireAnswer, tokenUrl: string, askedAt: number): AccessToken => {
  const unreadable = (problem: string): DatabricksError =>
    new DatabricksError(FAILURE.databricksAnswerUnreadable, `POST ${tokenUrl}: ${answer.status} ${problem}`, {
      method: 'POST',
      path: new URL(tokenUrl).pathname,
      status: answer.status,
      sent: true,
    });
  const json = parseJsonOrNothing(answer.body);
  if (json === undefined || typeof json.value !== 'object' || json.value === null) {
    throw unreadable('without a JSON object, wanted an OAuth token; check host and account id');
  }
  const { access_token: value, expires_in: life } = json.value as Readonly<Record<string, unknown>>;
  if (typeof value !== 'string' || value === '') throw unreadable('without access_token');
  const seconds = typeof life === 'string' && life.trim() !== '' ? Number(life) : life;
  if (typeof seconds !== 'number' || !Number.isFinite(seconds) || seconds <= 0) {
    throw unreadable('without a usable expires_in, wanted a positive number of seconds');
  }
  return { value: new Sensitive(value), askedAt, expiresAt: askedAt + seconds * 1000 };
};

import { FAILURE, type FailureName } from '../contract/failures.ts';
import { Throttled } from '../domain/failure.ts';
import type { Sensitive } from '../domain/sensitive.ts';
import { retryAfterMs } from './backoff.ts';
import { checkBaseUrl } from './base-url.ts';
import { DatabricksError } from './databricks-error.ts';
import { type Api, failureOfTry } from './failed-try.ts';
import { Field } from './field.ts';
import { parseJsonOrNothing } from './json.ts';
import { type CallLimits, REQUEST_TIMEOUT_MS } from './limits.ts';
import type { Loss } from './loss.ts';
import { parseRefusal, type Refusal } from './refusal.ts';
import { failureOf } from './refusal-failure.ts';
import { type FailedTry, isThrottling, pauseBeforeRepeat, RESERVE_MS } from './repeat.ts';
import type { Sleep } from './sleep.ts';
import type { TokenSource } from './token-cache.ts';
import type { Transport, WireAnswer, WireRequest } from './transport.ts';

/** One request to Databricks. */
export interface DatabricksCall {
  readonly method: WireRequest['method'];
  /** From the base URL on, encoded, with a leading slash and without a query. */
  readonly path: string;
  readonly query?: Readonly<Record<string, string | readonly string[]>> | undefined;
  readonly body?: unknown;
  /** True if doing it twice is as good as once. GET always is. */
  readonly repeatable?: boolean;
  /** What the answer is called in a message about it (`workspaces[3].workspace_id`). */
  readonly answer: string;
  /** `report`: too many requests fail with Throttled at once instead of being repeated. Other repeats stay. */
  readonly throttling?: 'report';
  /**
   * True if the body is secret. Then nothing that a server says is quoted, because it may repeat the body: of a refusal
   * status and code remain, and the code only if it is certain to be one.
   */
  readonly quiet?: boolean;
  /** A better name for a refusal than its code gives; sees the server's words. Undefined keeps the name. */
  readonly naming?: (refusal: Refusal) => FailureName | undefined;
}

export interface DatabricksHttp {
  /** Without a trailing slash. */
  readonly baseUrl: string;
  /**
   * Sends the request and answers its JSON; an empty body is a field that holds nothing. Repeats what may be repeated,
   * renews the token once on a 401, and fails with one of the Databricks failures, DatabricksOutcomeUnknown if a
   * request that is not repeatable may have been carried out.
   */
  request(call: DatabricksCall): Promise<Field>;
  /** Requests sent so far, repeated ones included, token requests not. */
  calls(): number;
}

/** What one try came to, for a log. Holds no query, body or header. */
export interface TryRecord {
  readonly method: string;
  readonly url: string;
  readonly attempt: number;
  /** HTTP status, or why there was no answer. */
  readonly outcome: number | string;
  readonly durationMs: number;
}

export interface DatabricksHttpOptions extends CallLimits {
  /** https, or http to a loopback host; anything else fails with SettingsInvalid. */
  readonly baseUrl: string;
  /** Says which role a refused service principal lacks. */
  readonly api: Exclude<Api, 'token'>;
  readonly tokens: TokenSource;
  readonly transport: Transport;
  readonly sleep: Sleep;
  readonly now: () => number;
  readonly random: () => number;
  /** Called after each try. */
  readonly onRequest?: ((record: TryRecord) => void) | undefined;
  /** Milliseconds for one exchange; 30 s by default. */
  readonly requestTimeoutMs?: number;
}

type Try = { readonly kind: 'accepted'; readonly answer: WireAnswer } | FailedTry;

/** A client for one host, made for one invocation. */
export const createDatabricksHttp = (options: DatabricksHttpOptions): DatabricksHttp => {
  const { api, tokens, transport, sleep, now, random, signal, onRequest } = options;
  const { remainingMs = () => Number.POSITIVE_INFINITY, requestTimeoutMs = REQUEST_TIMEOUT_MS } = options;
  const baseUrl = checkBaseUrl(options.baseUrl);
  let sent = 0;

  const tryOnce = async (call: DatabricksCall, token: Sensitive<string>, attempt: number): Promise<Try> => {
    const timeoutMs = Math.min(requestTimeoutMs, remainingMs() - RESERVE_MS);
    if (timeoutMs <= 0 || signal?.aborted) return { kind: 'lost', reason: 'stopped', sent: false };
    const startedAt = now();
    const url = `${baseUrl}${call.path}`;
    const answer = await transport({ ...messageOf(call, url, token), timeoutMs, signal });
    if (answer.kind === 'answer' || answer.sent) sent += 1;
    const outcome = answer.kind === 'answer' ? answer.status : answer.reason;
    onRequest?.({ method: call.method, url, attempt, outcome, durationMs: now() - startedAt });
    return outcomeOf(answer);
  };

  const request = async (call: DatabricksCall): Promise<Field> => {
    const repeatable = call.repeatable ?? call.method === 'GET';
    const url = `${baseUrl}${call.path}`;
    let renewed = false;
    for (let attempt = 1; ; attempt += 1) {
      const token = await tokens.get({ signal, remainingMs });
      const outcome = await tryOnce(call, token, attempt);
      if (outcome.kind === 'accepted') return readAnswer(outcome.answer, call, url);
      if (!renewed && isUnauthenticated(outcome)) {
        renewed = true;
        tokens.drop(token);
        attempt -= 1;
        continue;
      }
      const attempted = { ...attemptedOf(call, token), url, api, repeatable, attempt };
      const failure = reported(failureOfTry(outcome, attempted), outcome, call, now());
      const situation = { attempt, repeatable, remainingMs: remainingMs(), now: now(), random };
      const pause = pauseBeforeRepeat(outcome, situation);
      if (pause === undefined || failure instanceof Throttled) throw failure;
      await sleep(pause, signal).catch(() => {
        throw failure;
      });
    }
  };

  return { baseUrl, request, calls: () => sent };
};

const messageOf = (call: DatabricksCall, url: string, token: Sensitive<string>) => ({
  method: call.method,
  url: `${url}${queryOf(call)}`,
  headers: { authorization: `Bearer ${token.reveal()}`, ...(call.body === undefined ? {} : JSON_BODY) },
  body: call.body === undefined ? undefined : JSON.stringify(call.body),
});

const attemptedOf = ({ method, body, quiet, naming }: DatabricksCall, token: Sensitive<string>) => ({
  method,
  naming,
  secrets: [token.reveal()],
  quiet: quiet === true ? { sent: body } : undefined,
});

/** `failure` itself, or Throttled on top of it where the caller wants to hear of too many requests. */
const reported = (
  failure: DatabricksError,
  outcome: FailedTry,
  { throttling }: DatabricksCall,
  now: number,
): DatabricksError | Throttled =>
  throttling === 'report' && isThrottling(outcome)
    ? new Throttled(failure.message, retryAfterMs(outcome.refusal.retryAfter, now), { cause: failure })
    : failure;

const outcomeOf = (answer: WireAnswer | Loss): Try => {
  if (answer.kind === 'lost') return answer;
  const isAccepted = answer.status >= 200 && answer.status < 300;
  return isAccepted ? { kind: 'accepted', answer } : { kind: 'refused', refusal: parseRefusal(answer) };
};

const JSON_BODY = { 'content-type': 'application/json' };

const queryOf = ({ query = {} }: DatabricksCall): string => {
  const pairs = Object.entries(query).flatMap(([name, value]) =>
    [value].flat().map((one): [string, string] => [name, one]),
  );
  return pairs.length === 0 ? '' : `?${new URLSearchParams(pairs)}`;
};

const isUnauthenticated = (failed: FailedTry): boolean =>
  failed.kind === 'refused' && failureOf(failed.refusal) === FAILURE.databricksUnauthenticated;

const readAnswer = (answer: WireAnswer, call: DatabricksCall, url: string): Field => {
  const place = `${call.method} ${url}`;
  if (answer.body.trim() === '') return new Field(undefined, call.answer, place);
  const json = parseJsonOrNothing(answer.body);
  if (json !== undefined) return new Field(json.value, call.answer, place);
  // Databricks answers 200 with its sign-in page where host or authentication is wrong.
  const isPage = answer.contentType.includes('html') || /^\s*</.test(answer.body);
  const problem = isPage
    ? 'a web page, probably a sign-in page; check that the host is right and belongs to this account'
    : `${answer.body.length} characters that are not JSON`;
  const message = `${place}: ${answer.status} with ${problem}`;
  const { method } = call;
  const facts = { method, path: new URL(url).pathname, status: answer.status, sent: true };
  throw new DatabricksError(FAILURE.databricksAnswerUnreadable, message, facts);
};

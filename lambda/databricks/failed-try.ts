import { FAILURE, type FailureName } from '../contract/failures.ts';
import { DatabricksError } from './databricks-error.ts';
import type { Loss, LossReason } from './loss.ts';
import { quietCode } from './quiet-code.ts';
import { redact } from './redact.ts';
import type { Refusal } from './refusal.ts';
import { failureOf } from './refusal-failure.ts';
import { type FailedTry, mayHaveHappened } from './repeat.ts';

/** Which API a request goes to: decides what a person has to do about a refusal. */
export type Api = 'account' | 'workspace' | 'token';

export interface Attempted {
  readonly method: string;
  /** URL without query. */
  readonly url: string;
  readonly api: Api;
  readonly repeatable: boolean;
  /** Tries made. */
  readonly attempt: number;
  /** Values that must not show up even if the server repeats them. */
  readonly secrets: readonly string[];
  /** Present if nothing the server says may be quoted; holds the body that it may repeat. */
  readonly quiet?: { readonly sent: unknown } | undefined;
  /** A better name for a refusal than its code gives. */
  readonly naming?: ((refusal: Refusal) => FailureName | undefined) | undefined;
}

const ROLE: Readonly<Record<Api, string>> = {
  account: 'give the service principal the account admin role',
  workspace: 'add the service principal to the workspace and give it the workspace admin role',
  token: 'let the service principal sign in here',
};

const ADVICE: Readonly<Partial<Record<FailureName, (api: Api) => string>>> = {
  [FAILURE.databricksUnauthenticated]: (api) =>
    api === 'token'
      ? 'check client id and secret of the service principal (secrets expire after at most two years) and that it belongs to this account or workspace'
      : 'the token was renewed once and refused again; check the service principal',
  [FAILURE.databricksPermissionDenied]: (api) => ROLE[api],
  [FAILURE.databricksNotFound]: (api) =>
    api === 'token'
      ? 'check account id and host; OAuth may not be offered there'
      : 'check account id and the id asked for',
  [FAILURE.databricksConflict]: () => 'something with this name exists, is in use, or is in another state',
  [FAILURE.databricksLimitReached]: () => 'delete what is no longer used, or ask Databricks to raise the limit',
  [FAILURE.databricksThrottled]: () => 'too many requests; ask again later',
  [FAILURE.databricksUnavailable]: () => 'ask again later',
};

/** Path of a URL, without query. */
const pathOf = (url: string): string => new URL(url).pathname;

/** The failure a request ends with after its last try. Never holds a body, a query value or a secret. */
export const failureOfTry = (failed: FailedTry, attempted: Attempted): DatabricksError =>
  failed.kind === 'refused' ? refusalError(failed, attempted) : lossError(failed, attempted);

const refusalError = (failed: { readonly kind: 'refused'; readonly refusal: Refusal }, attempted: Attempted) => {
  const { refusal } = failed;
  const { method, url, api, repeatable, attempt, naming } = attempted;
  const isUncertain = !repeatable && mayHaveHappened(failed);
  const name = isUncertain ? FAILURE.databricksOutcomeUnknown : (naming?.(refusal) ?? failureOf(refusal));
  const advice = isUncertain
    ? 'it may have been carried out all the same; look before asking again'
    : ADVICE[name]?.(api);
  const { words, code } = quotableOf(refusal, attempted);
  const isRedirect = refusal.status >= 300 && refusal.status < 400 && refusal.code === undefined;
  const said = [
    String(refusal.status),
    code ?? '',
    words === undefined || words === '' ? '' : `"${words}"`,
    isRedirect ? 'redirects are not followed; check host and account id' : '',
  ].filter((part) => part !== '');
  const tries = attempt > 1 ? ` (${attempt} tries)` : '';
  return new DatabricksError(
    name,
    `${method} ${url}: ${said.join(' ')}${tries}${advice === undefined ? '' : `; ${advice}`}`,
    { method, path: pathOf(url), status: refusal.status, code, serverMessage: words, sent: true },
  );
};

const quotableOf = ({ code, message }: Refusal, { secrets, quiet }: Attempted) =>
  quiet === undefined
    ? { words: redact(message, secrets), code: code === undefined ? undefined : redact(code, secrets) }
    : { words: undefined, code: quietCode(code, quiet.sent) };

const WHAT_HAPPENED: Readonly<Record<LossReason, (host: string) => string>> = {
  dns: (host) => `the name ${host} could not be resolved; check the host and the DNS of the Lambda's network`,
  connect: (host) => `no connection to ${host}; check the Lambda's way out (NAT, PrivateLink, security groups)`,
  tls: (host) =>
    `no trusted connection to ${host}; its certificate was refused and certificate checks are never skipped`,
  timeout: (host) => `${host} gave no whole answer in time`,
  reset: (host) => `the connection to ${host} broke before the answer was complete`,
  stopped: (host) => `stopped waiting for ${host} because the invocation ends`,
  'too-large': (host) => `the answer of ${host} is larger than this client reads`,
};

const lossName = (loss: Loss, repeatable: boolean): FailureName => {
  if (!repeatable && mayHaveHappened(loss)) return FAILURE.databricksOutcomeUnknown;
  if (loss.reason === 'too-large') return FAILURE.databricksAnswerUnreadable;
  return loss.sent || loss.reason === 'stopped' ? FAILURE.databricksUnavailable : FAILURE.databricksUnreachable;
};

const lossError = (loss: Loss, { method, url, repeatable, attempt, quiet }: Attempted): DatabricksError => {
  const name = lossName(loss, repeatable);
  const happened = WHAT_HAPPENED[loss.reason](new URL(url).host);
  const tries = attempt > 1 ? ` (${attempt} tries)` : '';
  const advice =
    name === FAILURE.databricksOutcomeUnknown
      ? '; the request may have been carried out all the same; look before asking again'
      : '';
  return new DatabricksError(name, `${method} ${url}: ${happened}${tries}${advice}`, {
    method,
    path: pathOf(url),
    sent: loss.sent,
    // What broke an exchange may be the server's words; what broke before it cannot be.
    cause: quiet !== undefined && loss.sent ? undefined : loss.cause,
  });
};

import type {
  Diagnosis,
  Health,
  Operation,
  OperationList,
  SecretSyncStatus,
  ShownKeyConfiguration,
  ShownWorkspace,
} from '../lambda/contract/api-answers.ts';
import { ROUTES, type Route, SCHEMAS } from '../lambda/contract/api-routes.ts';
import { VERSION } from '../lambda/contract/version.ts';
import { ApiProblem } from './api-problem.ts';
import { misfit } from './check-answer.ts';
import { EXIT } from './exit-code.ts';
import { CommandFailure, Interrupted, NotReachable, WithNote } from './failures.ts';
import { backoffMs, LONGEST_WAIT_MS, MOST_TRIES, mayPass, retryAfterMs } from './retry.ts';
import { signedHeaders, type UnsignedRequest } from './sign.ts';
import type { AwsCredentials, Surroundings } from './surroundings.ts';

/** What each call answers, by `operationId`. */
interface Answers {
  readonly listKeyConfigurations: { readonly keyConfigurations: readonly ShownKeyConfiguration[] };
  readonly createKeyConfiguration: ShownKeyConfiguration;
  readonly getKeyConfiguration: ShownKeyConfiguration;
  readonly deleteKeyConfiguration: null;
  readonly startKeyRollout: Operation;
  readonly startSecretSync: Operation;
  readonly getSecretSyncStatus: SecretSyncStatus;
  readonly listWorkspaces: { readonly workspaces: readonly ShownWorkspace[] };
  readonly getWorkspace: ShownWorkspace;
  readonly changeWorkspace: Operation;
  readonly createWorkspace: Operation;
  readonly deleteWorkspace: Operation;
  readonly diagnoseWorkspace: Diagnosis;
  readonly listOperations: OperationList;
  readonly getOperation: Operation;
  readonly cancelOperation: Operation;
  readonly getOpenApi: object;
  readonly getHealth: Health;
}

interface ApiRequest {
  /** Values for the braces in the route's path. */
  readonly path?: Readonly<Record<string, string>>;
  readonly query?: Readonly<Record<string, string>>;
  readonly body?: object;
  readonly idempotencyKey?: string;
}

interface ApiAnswer<T> {
  readonly status: number;
  readonly body: T;
  readonly location: string | null;
}

export interface Api {
  /**
   * One call, tried a few times while it is throttled, a server is in trouble or the connection breaks: every call of the
   * contract may be repeated. Fails with ApiProblem, NotReachable, CredentialsRefused or Interrupted, in a WithNote where
   * it may have been carried out nevertheless.
   */
  call<N extends keyof Answers>(operationId: N, request?: ApiRequest): Promise<ApiAnswer<Answers[N]>>;
}

/** Where the API is, and who asks. */
export interface ApiTarget {
  /** Without a trailing slash. */
  readonly url: string;
  readonly region: string;
  readonly credentials: () => Promise<AwsCredentials>;
}

export interface ClientSettings extends Pick<Surroundings, 'now' | 'sleep' | 'random' | 'signal'> {
  /** Looked up with the first call. */
  readonly target: () => Promise<ApiTarget>;
  readonly note: (line: string) => void;
  /** For one try; API Gateway gives its integrations 29 seconds. */
  readonly timeoutMs: number;
}

type Outcome =
  | { readonly kind: 'answer'; readonly answer: ApiAnswer<unknown> }
  | { readonly kind: 'failure'; readonly failure: CommandFailure; readonly waitMs?: number; readonly again: boolean };

export function apiClient(settings: ClientSettings): Api {
  const call = async (operationId: keyof Answers, request: ApiRequest = {}): Promise<ApiAnswer<unknown>> => {
    const route = routeOf(operationId);
    const target = await settings.target();
    const message = messageOf(route, request, target.url);
    let isLost = false;
    try {
      for (let attempt = 1; ; attempt += 1) {
        const outcome = await tryOnce(route, message, target, settings);
        if (outcome.kind === 'answer') return outcome.answer;
        const { failure, again, waitMs = backoffMs(attempt, settings.random) } = outcome;
        if (!again || attempt === MOST_TRIES || waitMs > LONGEST_WAIT_MS) throw failure;
        isLost ||= failure.exitCode === EXIT.unreachable;
        settings.note(`${failure.message}; trying again in ${(waitMs / 1000).toFixed(1)} s`);
        await rest(waitMs, settings);
      }
    } catch (error) {
      throw error instanceof CommandFailure ? withNote(error, route, request, isLost) : error;
    }
  };
  return { call: call as Api['call'] };
}

/** What may have happened although the call failed. */
function withNote(failure: CommandFailure, { method }: Route, { idempotencyKey }: ApiRequest, isLost: boolean): Error {
  if (method === 'DELETE' && failure.exitCode === EXIT.refused && isLost) {
    return new WithNote(failure, 'An earlier try of this command may have done it: its answer was lost.');
  }
  const isUncertain = failure.exitCode === EXIT.unreachable || failure.exitCode === EXIT.interrupted;
  if (idempotencyKey === undefined || !isUncertain) return failure;
  return new WithNote(
    failure,
    `It may have been started: \`npx dbsa operations list\` tells. The same command with --idempotency-key ${idempotencyKey} starts nothing twice.`,
  );
}

/** Fails with Interrupted on Ctrl-C. */
export async function rest(ms: number, { sleep, signal }: Pick<Surroundings, 'sleep' | 'signal'>): Promise<void> {
  try {
    await sleep(ms, signal);
  } catch (error) {
    throw signal.aborted ? new Interrupted() : error;
  }
}

function routeOf(operationId: string): Route {
  const route = ROUTES.find((one) => one.operationId === operationId);
  if (route === undefined) throw new Error(`the contract has no operation ${operationId}`);
  return route;
}

function messageOf(route: Route, { path = {}, query = {}, body, idempotencyKey }: ApiRequest, base: string) {
  const filled = route.path.replaceAll(/\{(\w+)\}/g, (_brace, name: string) => encodeURIComponent(path[name] ?? ''));
  const url = new URL(`${base}${filled}`);
  // Not as URLSearchParams would: its plus sign for a space is a plus sign in a signature.
  url.search = Object.entries(query)
    .map(([name, value]) => `${name}=${encodeURIComponent(value)}`)
    .join('&');
  return {
    method: route.method,
    url,
    headers: {
      accept: 'application/json, application/problem+json',
      'user-agent': `dbsa/${VERSION}`,
      ...(body !== undefined && { 'content-type': 'application/json' }),
      ...(idempotencyKey !== undefined && { 'idempotency-key': idempotencyKey }),
    },
    ...(body !== undefined && { body: JSON.stringify(body) }),
  };
}

async function tryOnce(
  route: Route,
  message: UnsignedRequest,
  { region, credentials }: ApiTarget,
  { now, signal, timeoutMs }: ClientSettings,
): Promise<Outcome> {
  // Signed anew for each try: a signature is good for five minutes.
  const headers = await signedHeaders(message, { region, credentials, now: now() });
  const asked = `${message.method} ${message.url.origin}${message.url.pathname}`;
  try {
    const response = await fetch(message.url, {
      method: message.method,
      headers,
      body: message.body ?? null,
      redirect: 'manual',
      signal: AbortSignal.any([signal, AbortSignal.timeout(timeoutMs)]),
    });
    return outcomeOf(route, { asked, response, text: await response.text(), now: now() });
  } catch (error) {
    if (signal.aborted) throw new Interrupted();
    const message = `${asked}: no answer (${reasonOf(error, timeoutMs)})`;
    const hint = 'Is the URL right, and is this machine connected?';
    return { kind: 'failure', failure: new NotReachable(message, hint, { cause: error }), again: true };
  }
}

interface Received {
  readonly asked: string;
  readonly response: Response;
  readonly text: string;
  readonly now: Date;
}

function outcomeOf(route: Route, { asked, response, text, now }: Received): Outcome {
  const { status, headers } = response;
  const agreed = route.answers[status];
  const document = parsed(text);
  const wrong = agreed?.schema == null ? undefined : misfit(document, SCHEMAS[agreed.schema]);
  if (agreed !== undefined && wrong === undefined) {
    const body = agreed.schema === null ? null : document;
    return { kind: 'answer', answer: { status, body, location: headers.get('location') } };
  }
  if (wrong !== undefined && response.ok) {
    const message = `${asked} answered ${status} with something else than agreed (${wrong})`;
    const hint = `This is version ${VERSION} of the command line; is this the API of the same version?`;
    return { kind: 'failure', failure: new NotReachable(message, hint), again: false };
  }
  const requestId = headers.get('x-amzn-requestid') ?? headers.get('x-amz-request-id') ?? undefined;
  const contentType = headers.get('content-type') ?? '';
  const waitMs = retryAfterMs(headers.get('retry-after'), now);
  return {
    kind: 'failure',
    failure: new ApiProblem({ asked, status, contentType, document, requestId }),
    again: mayPass(status),
    ...(waitMs !== undefined && { waitMs }),
  };
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** `fetch failed` says nothing; its cause does. */
function reasonOf(error: unknown, timeoutMs: number): string {
  const { name, message, cause } = error as Partial<Error>;
  if (name === 'TimeoutError') return `nothing came within ${timeoutMs / 1000} s`;
  const { message: why, code } = (cause ?? {}) as Partial<NodeJS.ErrnoException>;
  return why || code || message || String(error);
}

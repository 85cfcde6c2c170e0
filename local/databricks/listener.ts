import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { setTimeout as realSleep } from 'node:timers/promises';
import { accountRoutes } from './account-routes.ts';
import type { AccountWorkspaces } from './account-workspaces.ts';
import { type Answer, INVALID_ENDPOINT, Refusal, refusalAnswer, toJson } from './answer.ts';
import type { Conditions } from './conditions.ts';
import type { Control } from './control.ts';
import { ControlInputError } from './control-kinds.ts';
import { controlRoutes } from './control-routes.ts';
import type { Credentials } from './credentials.ts';
import { type Fault, type Faults, faultAnswer } from './faults.ts';
import type { KeyConfigurations } from './key-configurations.ts';
import type { Networks } from './networks.ts';
import type { PrivateAccessSettings } from './private-access-settings.ts';
import type { RequestLog } from './request-log.ts';
import { type Call, matchRoute, type Route } from './router.ts';
import type { StorageConfigurations } from './storage-configurations.ts';
import type { Tokens } from './tokens.ts';
import { workspaceRoutes } from './workspace-routes.ts';

interface ListenerParts {
  readonly conditions: Conditions;
  readonly accountId: string;
  readonly tokens: Tokens;
  readonly keys: KeyConfigurations;
  readonly credentials: Credentials;
  readonly storage: StorageConfigurations;
  readonly networks: Networks;
  readonly privateAccess: PrivateAccessSettings;
  readonly workspaces: AccountWorkspaces;
  readonly faults: Faults;
  readonly log: RequestLog;
  readonly control: Control;
}

type Area = 'account' | 'workspace';

interface Place {
  readonly area: Area;
  /** Brings up to the present whatever can be seen from here. */
  readonly settle: () => void;
  readonly routes: readonly Route[];
  readonly path: string;
  readonly workspaceId: string | null;
}

interface Served {
  readonly answer: Answer;
  readonly template: string;
  readonly error: string | null;
}

/** The HTTP server before it listens. One listener plays all hosts, told apart by the first part of the path. */
export const createListener = (parts: ListenerParts): Server =>
  createServer((request, response) => {
    serve(parts, request, response).catch(() => request.socket.destroy());
  });

const serve = async (parts: ListenerParts, request: IncomingMessage, response: ServerResponse): Promise<void> => {
  const body = await bodyOf(request);
  const url = new URL(request.url ?? '/', `http://${request.headers.host ?? '127.0.0.1'}`);
  const call = (path: string): Call => ({
    method: request.method ?? 'GET',
    path,
    query: url.searchParams,
    body,
    authorization: request.headers.authorization,
  });
  if (url.pathname.startsWith('/control/')) {
    send(response, await controlAnswer(parts.control, call(url.pathname.slice('/control'.length))));
    return;
  }
  const place = placeOf(parts, url);
  await serveApi(parts, place, call(place.path), response);
};

const serveApi = async (parts: ListenerParts, place: Place, call: Call, response: ServerResponse): Promise<void> => {
  const { faults, log, tokens, conditions } = parts;
  place.settle();
  const time = conditions.now();
  const caller = tokens.kindOf(call.authorization);
  const fault = faults.strike({ ...call, workspaceNames: namesOf(parts, place.workspaceId) });
  const served = await servedUnder(fault, parts, place, call);
  const answer = answerUnder(fault, served.answer);
  if (fault?.kind === 'token-dropped') tokens.drop(call.authorization);
  const { error, template } = served;
  const status = answer === 'reset' ? answer : answer.status;
  const { method, path, query } = call;
  const { workspaceId } = place;
  log.note(
    { time, method, path, query: `${query}`, status, workspaceId, caller, fault: fault?.kind ?? null, error },
    template,
  );
  if (fault?.kind === 'slow') await realSleep(fault.realMs, undefined, { ref: false });
  if (answer === 'reset') response.socket?.resetAndDestroy();
  else send(response, answer);
};

/** Lets the request take effect, unless a fault keeps it from doing so. */
const servedUnder = (
  fault: Fault | undefined,
  parts: ListenerParts,
  place: Place,
  call: Call,
): Served | Promise<Served> => {
  if (fault === undefined || fault.kind === 'slow' || fault.tookEffect === true) return answered(parts, place, call);
  const template = matchRoute(place.routes, call.method, call.path)?.route.template ?? call.path;
  return { answer: INVALID_ENDPOINT, template, error: null };
};

const answerUnder = (fault: Fault | undefined, answer: Answer): Answer | 'reset' => {
  if (fault === undefined || fault.kind === 'slow') return answer;
  return fault.kind === 'reset' ? 'reset' : faultAnswer(fault);
};

const answered = async (parts: ListenerParts, place: Place, call: Call): Promise<Served> => {
  const match = matchRoute(place.routes, call.method, call.path);
  if (match === undefined) return { answer: INVALID_ENDPOINT, template: call.path, error: null };
  const { template } = match.route;
  try {
    return { answer: await match.route.answer(call, match.parameters), template, error: null };
  } catch (error) {
    if (error instanceof Refusal) return { answer: refused(parts, place.area, error), template, error: null };
    const body = { error_code: 'INTERNAL_ERROR', message: 'The simulator failed; see its request log' };
    return { answer: { status: 500, body }, template, error: String(error) };
  }
};

const refused = ({ conditions }: ListenerParts, area: Area, refusal: Refusal): Answer => {
  const { accountErrors, unauthorizedCode } = conditions.switches();
  const { status, message } = refusal;
  const aboutCaller = status === 401 || (area === 'workspace' && status === 403);
  if (aboutCaller && unauthorizedCode === 'number') return { status, body: { error_code: status, message } };
  return refusalAnswer(refusal, area === 'workspace' ? 'code' : accountErrors);
};

const controlAnswer = async (control: Control, call: Call): Promise<Answer> => {
  const match = matchRoute(controlRoutes(control), call.method, call.path);
  if (match === undefined)
    return { status: 404, body: { message: `the control endpoint has no ${call.method} ${call.path}` } };
  try {
    return await match.route.answer(call, match.parameters);
  } catch (error) {
    const known = error instanceof ControlInputError || error instanceof Refusal || error instanceof Error;
    return { status: 400, body: { message: known ? error.message : String(error) } };
  }
};

const placeOf = (parts: ListenerParts, url: URL): Place => {
  const [, first = '', second = ''] = url.pathname.split('/');
  const host = first === 'w' ? parts.workspaces.behindHost(second) : undefined;
  if (host !== undefined) {
    const prefix = `/w/${second}`;
    const routes = workspaceRoutes(host, parts.tokens, `${url.origin}${prefix}`);
    const path = url.pathname.slice(prefix.length);
    return { area: 'workspace', settle: () => host.settle(), routes, path, workspaceId: host.id };
  }
  const settle = () => parts.workspaces.settle();
  if (first !== 'account') return { area: 'account', settle, routes: [], path: url.pathname, workspaceId: null };
  const path = url.pathname.slice('/account'.length);
  const workspaceId = /\/workspaces\/(\d+)$/.exec(path)?.[1] ?? null;
  return { area: 'account', settle, routes: accountRoutes(parts), path, workspaceId };
};

const namesOf = ({ workspaces }: ListenerParts, id: string | null): readonly string[] => {
  if (id === null) return [];
  const known = workspaces.all().find((workspace) => workspace.id === id);
  return known === undefined ? [id] : [id, known.seed.deploymentName];
};

const bodyOf = async (request: IncomingMessage): Promise<string> => {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString();
};

const send = (response: ServerResponse, { status, body, headers }: Answer): void => {
  const json = typeof body === 'string' ? undefined : body;
  const text = typeof body === 'string' ? body : body === undefined ? '' : toJson(json);
  response.writeHead(status, {
    'content-type': 'application/json',
    ...headers,
    'content-length': Buffer.byteLength(text),
  });
  response.end(text);
};

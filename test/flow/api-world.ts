import { setTimeout } from 'node:timers/promises';
import { expect } from '@jest/globals';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { type Operation, PROBLEM, type Problem } from '../../lambda/contract/api-answers.ts';
import { ROUTES, type Route, SCHEMAS } from '../../lambda/contract/api-routes.ts';
import { CROSS_ACCOUNT_ROLE, DEMO_ALIAS } from '../../local/demo/account.ts';
import { AWS_HOME, type StageBindings } from '../../local/demo/stage.ts';
import { startWorld, type World } from '../../local/world.ts';
import { type ApiClient, type ApiReply, type ApiRequest, apiClient } from './api-client.ts';

export const IDS = { managed: '1001', customer: '9007199254740993' } as const;
/** The key configuration that `customer` uses; `managed` has none yet, so that a rollout has something to do. */
export const OLD = 'a0000000-0000-4000-8000-000000000001';

/** Ids that a path may hold, by the name of its parameter. */
const KNOWN_IDS: Readonly<Record<string, string>> = {
  keyConfigurationId: OLD,
  workspaceId: IDS.managed,
  operationId: 'key-rollout.nothing',
};

/** One stage for all flow tests of the HTTP API, so that its template is made once. */
const BINDINGS: StageBindings = {
  keyBindings: {
    managed: { key: DEMO_ALIAS, useCases: ['MANAGED_SERVICES'], workspaces: Object.values(IDS), canary: false },
    first: { key: DEMO_ALIAS, useCases: ['MANAGED_SERVICES'], workspaces: [IDS.managed] },
    storage: { key: DEMO_ALIAS, useCases: ['MANAGED_SERVICES', 'STORAGE'], workspaces: [IDS.managed], canary: false },
    keyless: { key: 'alias/test/nothing', useCases: ['MANAGED_SERVICES'], workspaces: [IDS.customer] },
  },
  secretBindings: {
    app: { secrets: { include: [{ namePrefix: 'app/' }] }, workspaces: [IDS.managed], scopes: ['app'] },
  },
};

export const hasEnded = ({ status }: Operation): boolean => status !== 'RUNNING';

export interface ApiWorld extends World {
  /** Sends a signed request, and holds whatever comes back to the contract. */
  readonly send: ApiClient['send'];
  /** Sends JSON as the body. */
  post(path: string, body: unknown, headers?: Readonly<Record<string, string>>): Promise<ApiReply>;
  get(path: string, query?: ApiRequest['query']): Promise<ApiReply>;
  /** Sends it without a pause for the throttle of the stage, and takes any answer. */
  readonly sendNow: ApiClient['send'];
  /** The operation when it is as wanted; asks until then. */
  until(id: string, isSo: (operation: Operation) => boolean): Promise<Operation>;
  /** What a refused request must not change: writes to Databricks, its key configurations, executions. */
  footprint(): Promise<unknown>;
  /** What the functions printed so far. */
  logs(): string;
}

/** The stage on this machine with its HTTP API. */
export async function startApiWorld(): Promise<ApiWorld> {
  const printed: string[] = [];
  const world = await startWorld({
    bindings: BINDINGS,
    onLog: (text) => printed.push(text),
    account: (keyArn, now) => ({
      credentials: [{ id: 'c0000000-0000-4000-8000-000000000001', name: 'cross-account', roleArn: CROSS_ACCOUNT_ROLE }],
      keyConfigurations: [
        { id: OLD, keyArn, alias: DEMO_ALIAS, useCases: ['MANAGED_SERVICES', 'STORAGE'], createdAt: now - 1e9 },
      ],
      workspaces: Object.values(IDS).map((id) => ({
        ...{ id, name: `ws-${id}`, deploymentName: `ws-${id}`, region: AWS_HOME.region },
        network: id === IDS.managed ? 'managed' : 'customer',
        credentialsId: 'c0000000-0000-4000-8000-000000000001',
        ...(id === IDS.customer && { managedServicesKeyId: OLD }),
        clusters: [{ id: `${id}-shared`, name: 'shared' }],
        warehouses: [{ id: `${id}-bi`, name: 'bi', state: 'RUNNING' }],
      })),
    }),
  });
  const client = apiClient(world.apiUrl, AWS_HOME.region);
  const send: ApiWorld['send'] = async (request) => {
    // The throttle lets ten through a second, and the local clock stands still unless somebody moves it.
    world.clock.advance(200);
    const answer = await client.send(request);
    assertKept(request, answer);
    return answer;
  };
  return {
    ...world,
    send,
    post: (path, body, headers = {}) =>
      send({
        ...{ method: 'POST', path, body: JSON.stringify(body) },
        headers: { 'content-type': 'application/json', ...headers },
      }),
    get: (path, query = {}) => send({ method: 'GET', path, query }),
    sendNow: client.send,
    until: async (id, isSo) => {
      for (;;) {
        const { json } = await send({ method: 'GET', path: `/v1/operations/${id}` });
        if (isSo(json as Operation)) return json as Operation;
        await setTimeout(30);
      }
    },
    footprint: async () => ({
      writes: world.databricks.control
        .requests()
        .filter(({ method, path }) => method !== 'GET' && !path.includes('/oidc/'))
        .map(({ method, path }) => `${method} ${path}`),
      keyConfigurations: world.databricks.control.state().keyConfigurations,
      executions: await executionsOf(world),
    }),
    logs: () => printed.join('\n'),
    close: async () => {
      client.close();
      await world.close();
    },
  };
}

async function executionsOf({ stepFunctions, outputs }: World): Promise<unknown> {
  const lists = [outputs.KeyRolloutStateMachineArn, outputs.SecretSyncStateMachineArn].map((stateMachineArn) =>
    stepFunctions.handle('ListExecutions', { stateMachineArn }),
  );
  return Promise.all(lists);
}

const ajv = new Ajv2020({ strict: false, allErrors: true });
const COMMON: readonly number[] = [400, 403, 413, 429];

/** The route that a request goes to: exact paths before those with braces. */
function routeOf({ method, path }: ApiRequest): Route | undefined {
  return ROUTES.filter((route) => route.method === method)
    .toSorted((one, other) => one.path.split('{').length - other.path.split('{').length)
    .find((route) => patternOf(route).test(path));
}

const patternOf = ({ path }: Route): RegExp =>
  new RegExp(`^${path.replaceAll('.', '\\.').replaceAll(/\{\w+\}/g, '[^/]+')}/?$`);

/** The path of a route with ids in place of its braces. */
export const pathOf = ({ path }: Route, ids: Readonly<Record<string, string>> = KNOWN_IDS): string =>
  path.replaceAll(/\{(\w+)\}/g, (_all, name: string) => ids[name] ?? 'unknown');

/** Every answer is one that its route promises, in the form that the contract gives it, and tells nothing of the inside. */
function assertKept(request: ApiRequest, reply: ApiReply): void {
  const { status, headers, text, json } = reply;
  expect(text).not.toMatch(INSIDE);
  const route = routeOf(request);
  const promised =
    route === undefined ? COMMON : [...Object.keys(route.answers).map(Number), ...(route.problems ?? []), ...COMMON];
  if (!promised.includes(status)) {
    throw new Error(`${request.method} ${request.path} answered ${status}, promised are ${promised}: ${text}`);
  }
  const schema = route?.answers[status]?.schema;
  if (schema === null) expect(text).toBe('');
  else if (schema !== undefined) {
    expect(headers['content-type']).toBe('application/json');
    assertValid(SCHEMAS[schema], json);
  } else if (status !== 413) assertProblem(reply);
}

/** Lines of a stack and names of source files. */
const INSIDE = /\bat \S+ \(|:\d+:\d+\)|node_modules|\.(?:ts|mjs|js):\d|file:\/\//;

function assertProblem({ status, headers, json }: ApiReply): void {
  expect(headers['content-type']).toBe('application/problem+json');
  assertValid(PROBLEM, json);
  const { status: told = status, requestId } = json as Problem;
  expect(told).toBe(status);
  expect(requestId).toMatch(/^[0-9a-f-]{36}$/);
}

/** Fails with every place where a value is not as its schema says. */
function assertValid(schema: object, value: unknown): void {
  const validate = ajv.compile(schema);
  expect(validate(value) ? [] : validate.errors).toEqual([]);
}

/** What a problem says, without its words. */
export function problemIn({ status, json }: ApiReply): {
  readonly status: number;
  readonly name: string | undefined;
  readonly paths: readonly string[];
} {
  const { type = '', errors = [] } = (json ?? {}) as Partial<Problem>;
  return { status, name: type.split(':').at(-1), paths: errors.map(({ path }) => path) };
}

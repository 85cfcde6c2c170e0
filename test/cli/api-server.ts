import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { type Health, PROBLEM, type ShownKeyConfiguration } from '../../lambda/contract/api-answers.ts';
import { LIST_PARAMETERS } from '../../lambda/contract/api-requests.ts';
import { ROUTES, type Route, SCHEMAS } from '../../lambda/contract/api-routes.ts';
import { type Answer, notFound, refusal } from './answer.ts';
import { HEALTHY, KEY_CONFIGURATIONS, SYNC_STATUS, WORKSPACES } from './examples.ts';
import { OperationShelf, type Parameters } from './operation-shelf.ts';
import { DIAGNOSIS } from './provisioning-examples.ts';
import { signatureObjections, type TestCredentials } from './signature.ts';

export const REGION = 'us-west-2';

export interface SeenCall {
  readonly operationId: string;
  readonly query: Readonly<Record<string, string>>;
  readonly body: unknown;
  readonly idempotencyKey: string | undefined;
  readonly amzDate: string;
  readonly path: string;
}

/** Takes one request out of the ordinary; `break` ends the connection without an answer. */
export type Fault = Answer | 'break' | 'mute' | ((request: IncomingMessage) => Answer);

/**
 * An API that behaves as the contract says: it checks signatures, paths, queries and bodies, remembers what was started
 * and deleted, and holds its own answers to the contract. Whatever is not in order is a complaint.
 */
export class ApiServer {
  readonly calls: SeenCall[] = [];
  readonly complaints: string[] = [];
  /** Answered first, one for each request; a fault may have worked before it answers (`after`). */
  readonly faults: { readonly fault: Fault; readonly after?: boolean }[] = [];
  health: Health = HEALTHY;
  readonly keys = new Map<string, ShownKeyConfiguration>(KEY_CONFIGURATIONS.map((one) => [one.id, one]));
  readonly operations = new OperationShelf();
  credentials: TestCredentials;
  #url = '';
  readonly #ajv = new Ajv2020({ strict: false });
  readonly #server = createServer((request, response) => void this.#serve(request, response));

  constructor(credentials: TestCredentials) {
    this.credentials = credentials;
  }

  /** Base URL, with a stage in its path as API Gateway has it. */
  get url(): string {
    return this.#url;
  }

  async start(): Promise<this> {
    await new Promise<void>((resolve) => {
      this.#server.listen(0, '127.0.0.1', resolve);
    });
    this.#url = `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}/dev`;
    return this;
  }

  async close(): Promise<void> {
    await new Promise<void>((resolve) => {
      this.#server.close(() => resolve());
      this.#server.closeAllConnections();
    });
  }

  async #serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const body = Buffer.concat(chunks).toString('utf8');
    const [next] = this.faults.splice(0, 1);
    if (next?.after === true) this.#answer(request, body);
    if (next?.fault === 'break') return void response.destroy();
    if (next?.fault === 'mute') return;
    const { status, body: content, headers } = this.#answerOf(next?.fault, request, body);
    const isText = typeof content === 'string';
    response.writeHead(status, {
      'content-type': isText ? 'text/html' : status < 400 ? 'application/json' : 'application/problem+json',
      ...headers,
    });
    response.end(content === undefined ? '' : isText ? content : JSON.stringify(content));
  }

  #answerOf(fault: Exclude<Fault, 'break' | 'mute'> | undefined, request: IncomingMessage, body: string): Answer {
    if (fault === undefined) return this.#answer(request, body);
    return typeof fault === 'function' ? fault(request) : fault;
  }

  #answer(request: IncomingMessage, body: string): Answer {
    const { method = '', url: target = '', headers } = request;
    const objections = signatureObjections(
      { method, target, headers, body },
      { region: REGION, credentials: this.credentials },
    );
    if (objections.length > 0) {
      this.complaints.push(...objections);
      return { status: 403, body: { message: 'The request signature we calculated does not match' } };
    }
    const url = new URL(target, 'http://api');
    const found = routeOf(method, url.pathname.replace(/^\/dev/, ''));
    if (found === undefined) {
      this.complaints.push(`no route for ${method} ${target}`);
      return { status: 403, body: { message: 'Missing Authentication Token' } };
    }
    const { route, parameters } = found;
    const query = Object.fromEntries(url.searchParams);
    const asked = body === '' ? undefined : JSON.parse(body);
    this.#checkRequest(route, { query, asked, contentType: headers['content-type'] });
    const key = headers['idempotency-key'] as string | undefined;
    if (key !== undefined && route.idempotencyKey !== true) this.complaints.push(`${target} takes no Idempotency-Key`);
    const amzDate = String(headers['x-amz-date']);
    this.calls.push({
      operationId: route.operationId,
      path: url.pathname,
      query,
      body: asked,
      idempotencyKey: key,
      amzDate,
    });
    const answer = this.#act(route.operationId, { ...parameters, ...query }, asked, key);
    this.#checkAnswer(route, answer);
    return answer;
  }

  #act(operationId: string, parameters: Parameters, body: unknown, key: string | undefined): Answer {
    const acts: Readonly<Record<string, () => Answer>> = {
      listKeyConfigurations: () => ({ status: 200, body: { keyConfigurations: [...this.keys.values()] } }),
      getKeyConfiguration: () => this.#key(parameters.keyConfigurationId),
      createKeyConfiguration: () => this.#register(body as { key: string; useCases: string[] }),
      deleteKeyConfiguration: () => this.#delete(parameters.keyConfigurationId ?? ''),
      listWorkspaces: () => ({ status: 200, body: { workspaces: WORKSPACES } }),
      getWorkspace: () => {
        const workspace = WORKSPACES.find(({ id }) => id === parameters.workspaceId);
        return workspace === undefined ? notFound('WorkspaceNotFound') : { status: 200, body: workspace };
      },
      getSecretSyncStatus: () => ({ status: 200, body: SYNC_STATUS }),
      startKeyRollout: () => this.operations.begin('key-rollout', body as object, key),
      changeWorkspace: () => this.operations.begin('key-rollout', body as object, key),
      createWorkspace: () => {
        const { dryRun, ...provision } = body as { readonly dryRun?: boolean };
        const request = { provision, ...(dryRun !== undefined && { dryRun }) };
        return this.operations.begin('workspace-provisioning', request, key);
      },
      diagnoseWorkspace: () =>
        parameters.workspaceId === DIAGNOSIS.workspaceId
          ? { status: 200, body: DIAGNOSIS }
          : notFound('WorkspaceNotFound'),
      deleteWorkspace: () => this.#remove(parameters, key),
      startSecretSync: () => this.operations.begin('secret-sync', body as object, key),
      listOperations: () => this.operations.list(parameters),
      getOperation: () => this.operations.look(parameters.operationId ?? ''),
      cancelOperation: () => this.operations.cancel(parameters.operationId ?? ''),
      getHealth: () => ({ status: this.health.status === 'ok' ? 200 : 503, body: this.health }),
      getOpenApi: () => ({ status: 200, body: { openapi: '3.1.0', paths: {} } }),
    };
    return acts[operationId]?.() ?? notFound('Unknown');
  }

  #remove({ workspaceId = '', workspaceName = '', network = 'keep' }: Parameters, key: string | undefined): Answer {
    const workspace = WORKSPACES.find(({ id }) => id === workspaceId);
    if (workspace === undefined) return notFound('WorkspaceNotFound');
    if (workspace.name !== workspaceName) {
      return refusal(422, 'ProvisioningRefused', `workspaceName: found '${workspaceName}', wanted the name of it`);
    }
    const networkId = network === 'delete' ? 'net-1' : null;
    return this.operations.begin('workspace-provisioning', { remove: { workspaceId, workspaceName, networkId } }, key);
  }

  #key(id = ''): Answer {
    const found = this.keys.get(id);
    return found === undefined ? notFound('DatabricksNotFound') : { status: 200, body: found };
  }

  #register({ key, useCases, ...rest }: { key: string; useCases: readonly string[] }): Answer {
    const same = [...this.keys.values()].find(
      (one) => [one.keyAlias, one.keyArn].includes(key) && String(one.useCases) === String(useCases),
    );
    if (same !== undefined) return { status: 200, body: same };
    const [example] = KEY_CONFIGURATIONS;
    const made = { ...(example as ShownKeyConfiguration), id: `cmk-${this.keys.size + 1}`, keyAlias: key, usedBy: [] };
    const created = { ...made, useCases, reuseKeyForClusterVolumes: true, ...rest };
    this.keys.set(created.id, created);
    return { status: 201, body: created };
  }

  #delete(id: string): Answer {
    const found = this.keys.get(id);
    if (found === undefined) return notFound('DatabricksNotFound');
    if (found.usedBy.length > 0) {
      return refusal(409, 'KeyConfigurationInUse', `key configuration ${id} is used by workspace analytics`);
    }
    this.keys.delete(id);
    return { status: 204 };
  }

  #checkRequest(
    { operationId, request, query: known = [], requiredQuery = [] }: Route,
    { query, asked, contentType }: { query: Parameters; asked: unknown; contentType: string | undefined },
  ): void {
    for (const [name, value] of Object.entries(query)) {
      const schema = LIST_PARAMETERS[name];
      if (schema === undefined || !known.some((one) => one === name))
        this.complaints.push(`${operationId}: query ${name}`);
      else this.#check(schema, value, `${operationId}: query ${name}`);
    }
    for (const name of requiredQuery) {
      if (query[name] === undefined) this.complaints.push(`${operationId}: no query ${name}`);
    }
    if (request !== undefined) this.#check(SCHEMAS[request], asked, `body of ${operationId}`);
    if (request === undefined && asked !== undefined) this.complaints.push(`${operationId} takes no body`);
    if (request !== undefined && contentType !== 'application/json')
      this.complaints.push(`content-type ${contentType}`);
  }

  #checkAnswer({ operationId, answers }: Route, { status, body }: Answer): void {
    const agreed = answers[status];
    if (agreed?.schema === null) return;
    this.#check(agreed === undefined ? PROBLEM : SCHEMAS[agreed.schema], body, `answer of ${operationId}`);
  }

  #check(schema: object, value: unknown, what: string): void {
    const validate = this.#ajv.compile(schema);
    if (!validate(value)) this.complaints.push(`${what}: ${this.#ajv.errorsText(validate.errors)}`);
  }
}

function routeOf(method: string, path: string): { readonly route: Route; readonly parameters: Parameters } | undefined {
  // `secret-syncs/status` before anything in braces.
  for (const route of ROUTES.toSorted((one, other) => one.path.split('{').length - other.path.split('{').length)) {
    const pattern = new RegExp(`^${route.path.replaceAll('.', '\\.').replaceAll(/\{(\w+)\}/g, '(?<$1>[^/]+)')}$`);
    const match = route.method === method ? pattern.exec(path) : null;
    if (match !== null) return { route, parameters: { ...match.groups } };
  }
  return undefined;
}

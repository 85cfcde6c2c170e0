import { afterEach } from '@jest/globals';
import type { AccountSeed, WorkspaceSeed } from '../../../local/databricks/seed.ts';
import {
  type DatabricksSimulator,
  type SimulatorOptions,
  startDatabricksSimulator,
} from '../../../local/databricks/simulator.ts';

/** An answer as it came over the socket; `body` is undefined when the text is not JSON. */
export interface Reply {
  readonly status: number;
  readonly text: string;
  readonly body: unknown;
  readonly headers: Headers;
}

type Send = (method: string, path: string, body?: unknown) => Promise<Reply>;

export interface Running {
  readonly simulator: DatabricksSimulator;
  /** Moves the simulator's clock. */
  readonly pass: (ms: number) => void;
  readonly now: () => number;
  /** Calls the account API below `/api/2.0/accounts/{account_id}` with an account token. */
  readonly account: Send;
  /** Calls the host of the workspace `acme` with a token of its own. */
  readonly workspace: Send;
  readonly control: Send;
}

export const SECOND = 1000;
export const MINUTE = 60 * SECOND;
export const HOUR = 60 * MINUTE;
export const DAY = 24 * HOUR;

export const KEY_1 = 'arn:aws:kms:us-west-2:111122223333:key/0987dcba-09fe-87dc-65ba-ab0987654321';
export const KEY_2 = 'arn:aws:kms:us-west-2:111122223333:key/1111aaaa-22bb-33cc-44dd-555566667777';
export const KEY_ELSEWHERE = 'arn:aws:kms:eu-west-1:111122223333:key/2222aaaa-22bb-33cc-44dd-555566667777';
export const STARTED_AT = Date.UTC(2026, 0, 1);

/** A customer-managed VPC workspace without keys and without compute. */
export const ACME: WorkspaceSeed = {
  id: '123456789',
  name: 'my-company-example',
  deploymentName: 'acme',
  region: 'us-west-2',
  network: 'customer',
};

const open: DatabricksSimulator[] = [];

afterEach(async () => {
  await Promise.all(open.splice(0).map((simulator) => simulator.close()));
});

/** Starts a simulator that is closed after the test. Its account has the workspace `acme` unless the seed has others. */
export const run = async (seed: AccountSeed = {}, options: Partial<SimulatorOptions> = {}): Promise<Running> => {
  let time = STARTED_AT;
  const now = () => time;
  const simulator = await startDatabricksSimulator({
    port: 0,
    now,
    seed: { workspaces: [ACME], ...seed },
    ...options,
  });
  open.push(simulator);
  const { url, accountHost, accountId } = simulator;
  const tokenOf = { account: `${accountHost}/oidc/accounts/${accountId}`, workspace: `${url}/w/acme/oidc` };
  const tokens = new Map<string, { readonly value: string; readonly until: number }>();
  const token = async (issuer: string): Promise<string> => {
    const held = tokens.get(issuer);
    if (held !== undefined && held.until > time) return held.value;
    const reply = await requestToken(`${issuer}/v1/token`, simulator.clientId, simulator.clientSecret);
    const value = (reply.body as { readonly access_token?: string } | undefined)?.access_token ?? 'none';
    tokens.set(issuer, { value, until: time + 30 * MINUTE });
    return value;
  };
  return {
    simulator,
    now,
    pass: (ms) => {
      time += ms;
    },
    account: async (method, path, body) =>
      send(`${accountHost}/api/2.0/accounts/${accountId}${path}`, method, await token(tokenOf.account), body),
    workspace: async (method, path, body) => send(`${url}/w/acme${path}`, method, await token(tokenOf.workspace), body),
    control: (method, path, body) => send(`${url}/control${path}`, method, undefined, body),
  };
};

/** Asks for a token with the client's id and secret in HTTP Basic. */
export const requestToken = (url: string, clientId: string, clientSecret: string): Promise<Reply> =>
  fetch(url, {
    method: 'POST',
    headers: { authorization: `Basic ${Buffer.from(`${clientId}:${clientSecret}`).toString('base64')}` },
    body: new URLSearchParams({ grant_type: 'client_credentials', scope: 'all-apis' }),
  }).then(reply);

/** One request with a bearer token, or without any. */
export const send = (url: string, method: string, token: string | undefined, body?: unknown): Promise<Reply> =>
  fetch(url, {
    method,
    ...(token === undefined ? {} : { headers: { authorization: `Bearer ${token}` } }),
    ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
  }).then(reply);

const reply = async (response: Response): Promise<Reply> => {
  const text = await response.text();
  return { status: response.status, text, body: parsed(text), headers: response.headers };
};

const parsed = (text: string): unknown => {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
};

/** A field of a reply's JSON object. */
export const field = (reply: Reply, name: string): unknown =>
  (reply.body as Readonly<Record<string, unknown>> | undefined)?.[name];

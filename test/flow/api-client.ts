import { Agent, request } from 'node:http';
import { Hash } from '@smithy/core/serde';
import { SignatureV4 } from '@smithy/signature-v4';
import { LOCAL_CREDENTIALS } from '../../local/aws/local-user.ts';

export interface ApiRequest {
  readonly method: string;
  /** Below the stage, encoded as it is to be sent. */
  readonly path: string;
  /** Decoded; a list is sent as a parameter that comes several times. */
  readonly query?: Readonly<Record<string, string | readonly string[]>>;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
  /** How it is signed, where that differs from what the local user does; `none` signs nothing. */
  readonly signed?: 'none' | { readonly secretAccessKey?: string; readonly at?: Date };
  /** Sent instead of the body that was signed. */
  readonly sentBody?: string;
}

export interface ApiReply {
  readonly status: number;
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string | readonly string[] | undefined>>;
  readonly text: string;
  /** The body as JSON; undefined without one, or if it is none. */
  readonly json: unknown;
}

export interface ApiClient {
  send(request: ApiRequest): Promise<ApiReply>;
  close(): void;
}

/** Sends requests as they are given, signed by the signer of the AWS SDK. */
export function apiClient(baseUrl: string, region: string): ApiClient {
  const agent = new Agent({ keepAlive: true, maxSockets: 4 });
  const base = new URL(baseUrl);
  return {
    send: async (wish) => {
      const headers = await headersOf(wish, base, region);
      return reply(agent, { base, wish, headers });
    },
    close: () => agent.destroy(),
  };
}

async function headersOf(
  { method, path, query = {}, headers = {}, body, signed = {} }: ApiRequest,
  base: URL,
  region: string,
): Promise<Readonly<Record<string, string>>> {
  if (signed === 'none') return headers;
  const { accessKeyId, secretAccessKey } = LOCAL_CREDENTIALS;
  const signer = new SignatureV4({
    service: 'execute-api',
    region,
    credentials: { accessKeyId, secretAccessKey: signed.secretAccessKey ?? secretAccessKey },
    sha256: Hash.bind(null, 'sha256'),
  });
  const { headers: all } = await signer.sign(
    {
      ...{ method, protocol: 'http:', hostname: base.hostname, path: `${base.pathname}${path}` },
      query: Object.fromEntries(
        Object.entries(query).map(([name, value]) => [name, typeof value === 'string' ? value : [...value]]),
      ),
      headers: { ...headers, host: base.host },
      ...(body !== undefined && { body }),
    },
    { signingDate: signed.at ?? new Date() },
  );
  return all;
}

const reply = (
  agent: Agent,
  {
    base,
    wish,
    headers,
  }: { readonly base: URL; readonly wish: ApiRequest; readonly headers: Readonly<Record<string, string>> },
): Promise<ApiReply> =>
  new Promise((resolve, reject) => {
    const { method, path, query = {}, body, sentBody } = wish;
    const sent = sentBody ?? body;
    const length = sent === undefined ? {} : { 'content-length': String(Buffer.byteLength(sent)) };
    const target = { hostname: base.hostname, port: base.port, path: `${base.pathname}${path}${queryText(query)}` };
    const call = request({ ...target, method, agent, headers: { ...headers, ...length } }, (response) => {
      let text = '';
      response.setEncoding('utf8').on('data', (part: string) => {
        text += part;
      });
      response.on('error', reject);
      response.on('end', () =>
        resolve({ status: response.statusCode ?? 0, headers: response.headers, text, json: parsed(text) }),
      );
    });
    call.on('error', reject).end(sent);
  });

function queryText(query: NonNullable<ApiRequest['query']>): string {
  const pairs = Object.entries(query).flatMap(([name, values]) =>
    [values].flat().map((value) => `${encodeURIComponent(name)}=${encodeURIComponent(value)}`),
  );
  return pairs.length === 0 ? '' : `?${pairs.join('&')}`;
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

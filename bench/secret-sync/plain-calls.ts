import type { Client, WireOutcome } from './client.ts';
import { SyncFailed } from './stand.ts';
import { SCOPE } from './workspace.ts';

/** Milliseconds to wait after so many 429 in a row, `retryAfterMs` being what the server asks for; undefined gives up. */
export type Patience = (refusals: number, retryAfterMs: number) => number | undefined;

export const NONE: Patience = () => undefined;

/** The Secrets API of a workspace, called as a script calls it. */
export interface PlainCalls {
  /** Waits for its turn, sends, and repeats as its patience allows. Fails with SyncFailed on anything but 200. */
  post(path: string, body: object): Promise<void>;
  get(path: string): Promise<Readonly<Record<string, unknown>>>;
  put(key: string): Promise<void>;
  delete(key: string): Promise<void>;
  /** Keys that the scope has. */
  list(): Promise<readonly string[]>;
}

/** `turn` is awaited before every request. */
export function plainCalls(
  client: Client,
  patience: Patience,
  turn = async (): Promise<void> => undefined,
): PlainCalls {
  const { baseUrl, secrets, token, transport, wait } = client;
  const send = async (method: 'GET' | 'POST', path: string, body?: object): Promise<string> => {
    const headers = { authorization: `Bearer ${token.reveal()}`, 'content-type': 'application/json' };
    const url = `${baseUrl}/api/2.0/secrets/${path}`;
    const request = { method, url, headers, body: body && JSON.stringify(body), timeoutMs: 30_000 };
    for (let tries = 1; ; tries += 1) {
      await turn();
      const answer = accepted(await transport(request), url);
      if (answer.status === 200) return answer.body;
      const pause = answer.status === 429 ? patience(tries, Number(answer.retryAfter ?? 0) * 1_000) : undefined;
      if (pause === undefined) throw new SyncFailed(`${path}: ${answer.status}`);
      await wait(pause);
    }
  };
  const post = async (path: string, body: object): Promise<void> => {
    await send('POST', path, body);
  };
  return {
    post,
    get: async (path) => JSON.parse(await send('GET', path)) as Readonly<Record<string, unknown>>,
    put: (key) => post('put', { scope: SCOPE, key, string_value: secrets.value(key) }),
    delete: (key) => post('delete', { scope: SCOPE, key }),
    list: async () => {
      const { secrets = [] } = JSON.parse(await send('GET', `list?scope=${SCOPE}`)) as {
        readonly secrets?: readonly { readonly key: string }[];
      };
      return secrets.map(({ key }) => key);
    },
  };
}

const accepted = (outcome: WireOutcome, url: string) => {
  if (outcome.kind === 'lost') throw new Error(`${url}: ${outcome.reason}`);
  return outcome;
};

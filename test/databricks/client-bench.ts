import { createDatabricksHttp, type DatabricksHttp, type TryRecord } from '../../lambda/databricks/http.ts';
import type { CallLimits } from '../../lambda/databricks/limits.ts';
import type { TokenSource } from '../../lambda/databricks/token-cache.ts';
import { createAgent, createTransport } from '../../lambda/databricks/transport.ts';
import { Sensitive } from '../../lambda/domain/sensitive.ts';
import { type Answerer, type ScriptedServer, startServer } from './scripted-server.ts';

export const NOON = Date.parse('2026-05-04T12:00:00Z');

/** Time that passes only where somebody sleeps, and remembers the pauses. */
export class FakeTime {
  readonly pauses: number[] = [];
  #now = NOON;

  readonly now = (): number => this.#now;

  readonly sleep = async (ms: number, signal?: AbortSignal): Promise<void> => {
    signal?.throwIfAborted();
    this.pauses.push(ms);
    this.#now += ms;
  };

  pass(ms: number): void {
    this.#now += ms;
  }
}

/** Hands out token-1, token-2 and so on; a new one after each drop. */
export const numberedTokens = (): TokenSource & { readonly dropped: readonly string[] } => {
  const dropped: string[] = [];
  let current = new Sensitive('token-1');
  return {
    dropped,
    get: async () => current,
    drop: (token) => {
      if (token !== current) return;
      dropped.push(token.reveal());
      current = new Sensitive(`token-${dropped.length + 1}`);
    },
  };
};

export interface Bench {
  readonly server: ScriptedServer;
  readonly http: DatabricksHttp;
  readonly time: FakeTime;
  readonly tokens: ReturnType<typeof numberedTokens>;
  readonly tries: readonly TryRecord[];
  close(): Promise<void>;
}

export interface BenchOptions extends CallLimits {
  readonly api?: 'account' | 'workspace';
  readonly requestTimeoutMs?: number;
  readonly maxAnswerBytes?: number;
}

/** A client on a real socket in front of a scripted server. Jitter is always its upper end. */
export const startBench = async (answerer: Answerer, options: BenchOptions = {}): Promise<Bench> => {
  const { api = 'account', maxAnswerBytes, ...limits } = options;
  const server = await startServer(answerer);
  const dispatcher = createAgent();
  const transport = createTransport({
    dispatcher,
    version: '1.2.3',
    ...(maxAnswerBytes === undefined ? {} : { maxAnswerBytes }),
  });
  const time = new FakeTime();
  const tokens = numberedTokens();
  const tries: TryRecord[] = [];
  const http = createDatabricksHttp({
    ...limits,
    baseUrl: server.url,
    api,
    tokens,
    transport,
    sleep: time.sleep,
    now: time.now,
    random: () => 1,
    onRequest: (record) => tries.push(record),
  });
  const close = async (): Promise<void> => {
    await dispatcher.destroy();
    await server.close();
  };
  return { server, http, time, tokens, tries, close };
};

/** What `act` fails with; fails itself if `act` does not. */
export const failureOfAct = async (act: () => Promise<unknown>): Promise<Error> => {
  try {
    await act();
  } catch (error) {
    if (error instanceof Error) return error;
    throw new TypeError(`not an Error: ${String(error)}`);
  }
  throw new Error('it succeeded, a failure was wanted');
};

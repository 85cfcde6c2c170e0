import { Agent, type Dispatcher, request as send } from 'undici';
import { type Loss, lossOf } from './loss.ts';

/** One answer as it came over the wire. */
export interface WireAnswer {
  readonly kind: 'answer';
  readonly status: number;
  readonly contentType: string;
  readonly body: string;
  readonly location?: string | undefined;
  readonly retryAfter?: string | undefined;
}

export interface WireRequest {
  readonly method: 'GET' | 'POST' | 'PATCH' | 'PUT' | 'DELETE';
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string | undefined;
  /** Milliseconds for the whole exchange, connecting and reading included. */
  readonly timeoutMs: number;
  readonly signal?: AbortSignal | undefined;
}

/** Sends one request once and never rejects: what goes wrong on the way is a `Loss`. Follows no redirect. */
export type Transport = (request: WireRequest) => Promise<WireAnswer | Loss>;

export interface TransportOptions {
  readonly dispatcher: Dispatcher;
  /** Version of this product, for `User-Agent`. */
  readonly version: string;
  /** Bytes of an answer's body that are read before it is given up; 16 MiB by default. */
  readonly maxAnswerBytes?: number;
}

const MAX_ANSWER_BYTES = 16 * 1024 * 1024;

/**
 * Connections to Databricks, kept alive between requests of a container. Certificates are checked, always: also where
 * NODE_TLS_REJECT_UNAUTHORIZED says otherwise. 4 s of keep-alive is less than any load balancer grants, so that a write
 * seldom meets a connection closed meanwhile.
 */
export const createAgent = (): Agent =>
  new Agent({
    keepAliveTimeout: 4_000,
    keepAliveMaxTimeout: 30_000,
    connect: { timeout: 10_000, rejectUnauthorized: true },
    pipelining: 1,
  });

export const createTransport = (options: TransportOptions): Transport => {
  const { dispatcher, version, maxAnswerBytes = MAX_ANSWER_BYTES } = options;
  return async ({ method, url, headers, body, timeoutMs, signal }) => {
    const timeout = AbortSignal.timeout(Math.max(1, Math.floor(timeoutMs)));
    let sent = false;
    const watched = watchStart(dispatcher, () => {
      sent = true;
    });
    try {
      const answer = await send(url, {
        dispatcher: watched,
        method,
        headers: { ...headers, accept: 'application/json', 'user-agent': `databricks-security-automation/${version}` },
        body: body ?? null,
        signal: signal === undefined ? timeout : AbortSignal.any([signal, timeout]),
      });
      const text = await readText(answer.body, maxAnswerBytes);
      if (text === undefined) return { kind: 'lost', reason: 'too-large', sent: true };
      return {
        kind: 'answer',
        status: answer.statusCode,
        contentType: first(answer.headers['content-type']) ?? '',
        body: text,
        location: first(answer.headers.location),
        retryAfter: first(answer.headers['retry-after']),
      };
    } catch (error) {
      return lossOf(error, { sent, timedOut: timeout.aborted, stopped: signal?.aborted === true });
    }
  };
};

/** Calls `started` when a request is about to be written on an open connection; before that, nothing was sent. */
const watchStart = (dispatcher: Dispatcher, started: () => void): Dispatcher =>
  dispatcher.compose((dispatch) => (options, handler) => {
    const watching: Dispatcher.DispatchHandler = {
      onRequestStart: (controller, context) => {
        started();
        handler.onRequestStart?.(controller, context);
      },
      onRequestUpgrade: (...args) => handler.onRequestUpgrade?.(...args),
      onResponseStart: (...args) => handler.onResponseStart?.(...args),
      onResponseData: (...args) => handler.onResponseData?.(...args),
      onResponseEnd: (...args) => handler.onResponseEnd?.(...args),
      onResponseError: (...args) => handler.onResponseError?.(...args),
    };
    return dispatch(options, watching);
  });

const readText = async (body: AsyncIterable<Buffer>, limit: number): Promise<string | undefined> => {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of body) {
    size += chunk.length;
    // Leaving the loop destroys the stream and with it the connection.
    if (size > limit) return undefined;
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
};

const first = (header: string | string[] | undefined): string | undefined =>
  Array.isArray(header) ? header[0] : header;

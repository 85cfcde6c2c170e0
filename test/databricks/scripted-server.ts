import { createServer, type IncomingHttpHeaders, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface SeenRequest {
  readonly method: string;
  /** Path without the query. */
  readonly path: string;
  readonly query: URLSearchParams;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

export type Answerer = (request: SeenRequest, response: ServerResponse) => void | Promise<void>;

export interface ScriptedServer {
  readonly url: string;
  readonly port: number;
  readonly seen: readonly SeenRequest[];
  close(): Promise<void>;
}

/** A server on a loopback port that answers as the test says and remembers what it was asked. */
export const startServer = async (answerer: Answerer): Promise<ScriptedServer> => {
  const seen: SeenRequest[] = [];
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const url = new URL(request.url ?? '/', 'http://server');
      const one: SeenRequest = {
        method: request.method ?? '',
        path: url.pathname,
        query: url.searchParams,
        headers: request.headers,
        body: Buffer.concat(chunks).toString('utf8'),
      };
      seen.push(one);
      void answerer(one, response);
    });
  });
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    port,
    seen,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
};

export const json = (status: number, value: unknown, headers: Readonly<Record<string, string>> = {}): Answerer =>
  text(status, JSON.stringify(value), { 'content-type': 'application/json', ...headers });

export const text =
  (status: number, body: string, headers: Readonly<Record<string, string>> = {}): Answerer =>
  (_request, response) => {
    response.writeHead(status, headers).end(body);
  };

/** Takes the request and breaks the connection without an answer. */
export const breakConnection: Answerer = (_request, response) => {
  response.destroy();
};

/** Takes the request and never answers. */
export const stayMute: Answerer = () => undefined;

/** One answerer after the other; the last one stays. */
export const inTurn = (...answerers: readonly Answerer[]): Answerer => {
  let turn = 0;
  return (request, response) => {
    const answerer = answerers[Math.min(turn, answerers.length - 1)];
    turn += 1;
    return answerer?.(request, response);
  };
};

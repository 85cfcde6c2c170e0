import { randomBytes, randomUUID } from 'node:crypto';
import type { IncomingMessage } from 'node:http';

/** A request before its body. Names and values are as they were sent. */
export interface CallHead {
  readonly method: string;
  /** Path with the stage, not decoded. */
  readonly path: string;
  /** What follows the question mark, not decoded; empty without one. */
  readonly rawQuery: string;
  readonly headers: readonly (readonly [string, string])[];
  readonly httpVersion: string;
  readonly sourceIp: string;
  /** The port that was called. */
  readonly port: number;
  readonly requestId: string;
  readonly extendedRequestId: string;
  /** `Root=1-<seconds in hex>-<96 bits>` */
  readonly traceId: string;
  /** Whole milliseconds since the epoch on the account's clock. */
  readonly receivedAt: number;
  /** The last value of a header, by its name in whatever case. */
  header(name: string): string | undefined;
}

/** A request with its body. */
export interface Call extends CallHead {
  readonly body: Buffer;
  /** Decoded, in the order in which they were sent. */
  readonly query: readonly (readonly [string, string])[];
}

/** 10 MB (quotas of REST APIs), in the number of the service's own message. */
export const MOST_BODY_BYTES = 10_485_760;

/** Reads all but the body. */
export const headOf = (request: IncomingMessage, now: number): CallHead => {
  const target = request.url ?? '/';
  const question = target.indexOf('?');
  const headers = pairs(request.rawHeaders);
  const receivedAt = Math.floor(now);
  return {
    method: request.method ?? 'GET',
    path: question < 0 ? target : target.slice(0, question),
    rawQuery: question < 0 ? '' : target.slice(question + 1),
    headers,
    httpVersion: request.httpVersion,
    sourceIp: request.socket.remoteAddress ?? '127.0.0.1',
    port: request.socket.localPort ?? 0,
    requestId: randomUUID(),
    // 11 bytes look like the service's own: `JKJaXmPLvHcESHA=`.
    extendedRequestId: randomBytes(11).toString('base64'),
    traceId: `Root=1-${Math.floor(receivedAt / 1_000).toString(16)}-${randomBytes(12).toString('hex')}`,
    receivedAt,
    header: (name) => headers.findLast(([each]) => each.toLowerCase() === name.toLowerCase())?.[1],
  };
};

const pairs = (raw: readonly string[]): readonly (readonly [string, string])[] =>
  raw.flatMap((name, index) => (index % 2 === 0 ? [[name, raw[index + 1] ?? ''] as const] : []));

/**
 * Reads the body to its end. Undefined when it is larger than API Gateway takes: what is too much is read, too, because
 * a client that is still sending does not see an answer.
 */
export const bodyOf = async (request: IncomingMessage): Promise<Buffer | undefined> => {
  const parts: Buffer[] = [];
  let size = 0;
  for await (const part of request) {
    size += part.length;
    if (size <= MOST_BODY_BYTES) parts.push(part);
  }
  return size > MOST_BODY_BYTES ? undefined : Buffer.concat(parts);
};

/** A form's rules, by which API Gateway decodes query strings: `+` is a space. */
export const withBody = (head: CallHead, body: Buffer): Call => ({
  ...head,
  body,
  query: [...new URLSearchParams(head.rawQuery)],
});

import { randomUUID } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { AwsError } from './service.ts';

/** An HTTP answer, ready to be sent. */
export interface HttpAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | Buffer;
}

/** The largest request of all services here: Lambda's 6 MB, with room for base64. */
const MOST_BODY_BYTES = 16 * 1024 * 1024;

/** Reads a request's body. Throws RequestEntityTooLargeException beyond 16 MiB. */
export const readBody = async (request: IncomingMessage): Promise<Buffer> => {
  const parts: Buffer[] = [];
  let size = 0;
  for await (const part of request) {
    size += part.length;
    if (size > MOST_BODY_BYTES) throw new AwsError('RequestEntityTooLargeException', 'the request is too large', 413);
    parts.push(part);
  }
  return Buffer.concat(parts);
};

/** Sends an answer with a request id of its own, as every AWS service does. */
export const send = (response: ServerResponse, answer: HttpAnswer): void => {
  const id = randomUUID();
  response.writeHead(answer.status, {
    'x-amzn-requestid': id,
    'content-length': Buffer.byteLength(answer.body),
    ...answer.headers,
  });
  response.end(answer.body);
};

/** What went wrong, as an AwsError; a fault of the local run itself becomes InternalFailure with status 500. */
export const asAwsError = (error: unknown): AwsError =>
  error instanceof AwsError
    ? error
    : new AwsError('InternalFailure', `the local run failed: ${error instanceof Error ? error.message : error}`, 500);

import { isRecord } from './actions.ts';
import type { HttpAnswer } from './http-answer.ts';
import { AwsError, type AwsService } from './service.ts';

/**
 * AWS JSON 1.0 and 1.1: one POST for every action, named in `X-Amz-Target`. In an answer a Date becomes seconds since the
 * epoch and a Buffer base64, as both protocols want it.
 */
export const answerJson = async (
  service: AwsService,
  { action, body, contentType }: { readonly action: string; readonly body: Buffer; readonly contentType: string },
): Promise<HttpAnswer> => {
  const answer = await service.handle(action, parse(body));
  return { status: 200, headers: { 'content-type': contentType }, body: wireJson(answer) };
};

/** An error in the form of AWS JSON. Errors of the old SQS query protocol carry their old name in a header of its own. */
export const jsonError = (error: AwsError, contentType: string): HttpAnswer => {
  const side = error.status >= 500 ? 'Receiver' : 'Sender';
  const legacy = QUERY_COMPATIBLE.get(error.code);
  const type = legacy ?? error.code;
  return {
    status: error.status,
    headers: {
      'content-type': contentType,
      'x-amzn-errortype': type,
      ...(legacy === undefined ? {} : { 'x-amzn-query-error': `${error.code};${side}` }),
    },
    body: JSON.stringify({ __type: type, message: error.message }),
  };
};

/** SQS keeps the error codes of its query protocol for the SDKs, and has new names for them in JSON. */
const QUERY_COMPATIBLE: ReadonlyMap<string, string> = new Map([
  ['AWS.SimpleQueueService.NonExistentQueue', 'com.amazonaws.sqs#QueueDoesNotExist'],
]);

/** JSON as it goes over the wire; see `answerJson`. */
export const wireJson = (value: unknown): string => JSON.stringify(toWire(value) ?? {});

/** The same as data. `time` says what becomes of a Date. */
export const toWire = (value: unknown, time: (date: Date) => unknown = seconds): unknown => {
  if (value instanceof Date) return time(value);
  if (value instanceof Uint8Array) return Buffer.from(value).toString('base64');
  if (Array.isArray(value)) return value.map((each) => toWire(each, time));
  if (!isRecord(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([key, each]) => [key, toWire(each, time)]));
};

const seconds = (date: Date): number => date.getTime() / 1_000;

const parse = (body: Buffer): Readonly<Record<string, unknown>> => {
  if (body.length === 0) return {};
  try {
    const parsed: unknown = JSON.parse(body.toString());
    if (isRecord(parsed)) return parsed;
  } catch {
    // Answered below, with everything else that is not an object.
  }
  throw new AwsError('SerializationException', 'the body is not a JSON object');
};

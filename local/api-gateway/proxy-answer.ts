import { validateHeaderName, validateHeaderValue } from 'node:http';
import { isRecord } from '../aws/actions.ts';
import type { GatewayAnswer } from './gateway-answer.ts';
import { returnedHeaders } from './proxy-headers.ts';

const KNOWN = new Set(['isBase64Encoded', 'statusCode', 'headers', 'multiValueHeaders', 'body']);

/**
 * Reads what a function answered to a Lambda proxy integration ("Output format of a Lambda function for proxy
 * integration"). Undefined when it is of a different format: then "API Gateway returns a 502 Bad Gateway error
 * response". Without binary media types a body with `isBase64Encoded` is returned as the text that it is.
 */
export const proxyAnswer = (payload: string): GatewayAnswer | undefined => {
  const given: unknown = JSON.parse(payload);
  if (!isRecord(given) || Object.keys(given).some((key) => !KNOWN.has(key))) return undefined;
  const status = statusOf(given.statusCode);
  const headers = headersOf(given.headers, given.multiValueHeaders);
  const body = given.body ?? '';
  if (status === undefined || headers === undefined || typeof body !== 'string') return undefined;
  if (!['boolean', 'undefined'].includes(typeof given.isBase64Encoded)) return undefined;
  return { status, headers: returnedHeaders(headers), body };
};

/** A whole number of an HTTP answer, or the same as text. */
const statusOf = (given: unknown): number | undefined => {
  const status = typeof given === 'string' && /^\d{3}$/.test(given) ? Number(given) : given;
  return typeof status === 'number' && Number.isInteger(status) && status >= 200 && status < 600 ? status : undefined;
};

/** "If the same key-value pair is specified in both, only the values from multiValueHeaders will appear". */
const headersOf = (single: unknown, multiple: unknown): readonly (readonly [string, string])[] | undefined => {
  const [one, many] = [single ?? {}, multiple ?? {}];
  if (!isRecord(one) || !isRecord(many)) return undefined;
  const lists = Object.entries(many);
  if (lists.some(([, values]) => !Array.isArray(values))) return undefined;
  const named = new Set(lists.map(([name]) => name.toLowerCase()));
  const pairs = [
    ...Object.entries(one).filter(([name]) => !named.has(name.toLowerCase())),
    ...lists.flatMap(([name, values]) => [values].flat().map((value) => [name, value] as const)),
  ];
  if (!pairs.every(([name, value]) => isHeader(name, value))) return undefined;
  return pairs.map(([name, value]) => [name, String(value)] as const);
};

/** Texts and booleans are what the documentation shows. */
const isHeader = (name: string, value: unknown): boolean => {
  if (typeof value !== 'string' && typeof value !== 'boolean') return false;
  try {
    validateHeaderName(name);
    validateHeaderValue(name, String(value));
    return true;
  } catch {
    return false;
  }
};

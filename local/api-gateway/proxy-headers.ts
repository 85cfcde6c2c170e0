import type { CallHead } from './call.ts';

/**
 * Headers that do not reach a function: the column for Lambda in the table of "Important notes for REST APIs".
 * Content-Length stands there as passed through; in events of the service it is missing. A chunked request makes an
 * exception in the table, of which nothing more is said; here it is taken.
 */
const NOT_SENT = new Set([
  ...['connection', 'content-length', 'content-md5', 'expect', 'max-forwards', 'proxy-authenticate', 'server', 'te'],
  ...['trailer', 'transfer-encoding', 'upgrade', 'www-authenticate'],
]);

/** What happens to headers of a function's answer, from the same table. API Gateway has its own of the last two. */
const REMAPPED = new Set([
  ...['authorization', 'connection', 'content-md5', 'date', 'max-forwards', 'server', 'user-agent'],
  ...['www-authenticate', 'x-amzn-requestid', 'x-amz-apigw-id'],
]);
const NOT_RETURNED = new Set([
  ...['expect', 'host', 'proxy-authenticate', 'te', 'transfer-encoding', 'trailer', 'upgrade', 'via'],
]);

/** It is counted anew, so that a function cannot make an answer that HTTP does not allow. */
const COUNTED = 'content-length';

/** The headers of an event: `headers` has the last value of each, `multiValueHeaders` all. */
export const eventHeaders = (
  head: CallHead,
  signed: boolean,
): {
  readonly headers: Readonly<Record<string, string>>;
  readonly multiValueHeaders: Readonly<Record<string, readonly string[]>>;
} => {
  const values = new Map<string, string[]>();
  for (const [name, value] of [...head.headers.filter(([name, value]) => reaches(name, value, signed)), ...own(head)]) {
    values.set(name, [...(values.get(name) ?? []), value]);
  }
  return {
    headers: Object.fromEntries([...values].map(([name, all]) => [name, all.at(-1) ?? ''] as const)),
    multiValueHeaders: Object.fromEntries(values),
  };
};

/**
 * "The Authorization header is dropped if it contains a Signature Version 4 signature or if AWS_IAM authorization is
 * used."
 */
const reaches = (name: string, value: string, signed: boolean): boolean => {
  const lower = name.toLowerCase();
  if (lower === 'authorization') return !signed && !value.startsWith('AWS4-');
  return !NOT_SENT.has(lower) && !lower.startsWith('x-forwarded-') && lower !== 'x-amzn-trace-id';
};

/** What API Gateway adds; a list of proxies that came with the request is continued. */
const own = (head: CallHead): readonly (readonly [string, string])[] => [
  ['X-Amzn-Trace-Id', head.traceId],
  ['X-Forwarded-For', [head.header('x-forwarded-for') ?? [], head.sourceIp].flat().join(', ')],
  ['X-Forwarded-Port', String(head.port)],
  ['X-Forwarded-Proto', 'http'],
];

/** The headers of a function's answer as the caller gets them. "By default, the content type is application/json." */
export const returnedHeaders = (
  given: readonly (readonly [string, string])[],
): readonly (readonly [string, string])[] => {
  const returned = given.flatMap(([name, value]) => {
    const lower = name.toLowerCase();
    if (NOT_RETURNED.has(lower) || lower === COUNTED) return [];
    return [[REMAPPED.has(lower) ? `X-Amzn-Remapped-${name}` : name, value] as const];
  });
  const typed = returned.some(([name]) => name.toLowerCase() === 'content-type');
  return typed ? returned : [['Content-Type', 'application/json'], ...returned];
};

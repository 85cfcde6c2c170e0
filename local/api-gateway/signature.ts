import { createHash, createHmac, timingSafeEqual } from 'node:crypto';
import type { Call } from './call.ts';

/** What a signature was made for. */
export interface SignatureScope {
  /** `20260409` */
  readonly date: string;
  readonly region: string;
  readonly service: string;
  /** `20260409T123456Z` */
  readonly time: string;
  readonly signedHeaders: readonly string[];
}

/** The two texts of which a signature is made; they hold no secret, and AWS shows them when a signature is wrong. */
export interface SigningTexts {
  readonly canonicalRequest: string;
  readonly stringToSign: string;
}

/**
 * Signature Version 4, from "Create a signed AWS API request" in the IAM user guide. Every service but S3 encodes the
 * path a second time and takes the hash of the body as it is.
 */
export const signingTexts = (call: Call, scope: SignatureScope): SigningTexts => {
  const canonicalRequest = [
    call.method,
    canonicalPath(call.path),
    canonicalQuery(call.rawQuery),
    ...scope.signedHeaders.map((name) => `${name}:${canonicalValue(call, name)}`),
    '',
    scope.signedHeaders.join(';'),
    sha256(call.body),
  ].join('\n');
  const { date, region, service, time } = scope;
  const stringToSign = [
    'AWS4-HMAC-SHA256',
    time,
    `${date}/${region}/${service}/aws4_request`,
    sha256(canonicalRequest),
  ].join('\n');
  return { canonicalRequest, stringToSign };
};

/** True when `signature` (64 hexadecimal digits) was made with this secret. */
export const isSignedWith = (
  secretAccessKey: string,
  { stringToSign }: SigningTexts,
  { scope, signature }: { readonly scope: SignatureScope; readonly signature: string },
): boolean => {
  const parts = [scope.date, scope.region, scope.service, 'aws4_request', stringToSign];
  const expected = parts.reduce((key: Buffer, part) => hmac(key, part), Buffer.from(`AWS4${secretAccessKey}`));
  const given = Buffer.from(signature, 'hex');
  return given.length === expected.length && timingSafeEqual(given, expected);
};

const sha256 = (data: string | Buffer): string => createHash('sha256').update(data).digest('hex');

const hmac = (key: Buffer, data: string): Buffer => createHmac('sha256', key).update(data).digest();

/** RFC 3986: all but letters, digits, `-`, `.`, `_` and `~` is encoded. */
const encode = (text: string): string =>
  encodeURIComponent(text).replace(/[!'()*]/g, (each) => `%${each.charCodeAt(0).toString(16).toUpperCase()}`);

/** Without empty parts and `.`, and with `..` gone back; a slash at the end stays. */
const canonicalPath = (path: string): string => {
  const parts: string[] = [];
  for (const part of path.split('/')) {
    if (part === '..') parts.pop();
    else if (part !== '' && part !== '.') parts.push(encode(part));
  }
  return `/${parts.join('/')}${parts.length > 0 && path.endsWith('/') ? '/' : ''}`;
};

const canonicalQuery = (query: string): string =>
  query
    .split('&')
    .filter((pair) => pair !== '')
    .map((pair) => {
      const equal = pair.indexOf('=');
      return equal < 0 ? [pair, ''] : [pair.slice(0, equal), pair.slice(equal + 1)];
    })
    .map(([name = '', value = '']) => [encode(decoded(name)), encode(decoded(value))] as const)
    .toSorted(([name, value], [otherName, otherValue]) => order(name, otherName) || order(value, otherValue))
    .map(([name, value]) => `${name}=${value}`)
    .join('&');

const order = (a: string, b: string): number => (a < b ? -1 : Number(a > b));

/** As it is when it cannot be decoded; the signature is wrong then, which is what the caller is told. */
const decoded = (text: string): string => {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
};

const canonicalValue = (call: Call, name: string): string =>
  call.headers
    .filter(([each]) => each.toLowerCase() === name)
    .map(([, value]) => value.trim().replace(/ +/g, ' '))
    .join(',');

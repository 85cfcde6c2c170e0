import { createHash, createHmac } from 'node:crypto';
import type { IncomingHttpHeaders } from 'node:http';

export interface TestCredentials {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken?: string;
}

export interface SignedRequest {
  readonly method: string;
  /** As it came over the wire, query included. */
  readonly target: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

const AUTHORIZATION =
  /^AWS4-HMAC-SHA256 Credential=([A-Za-z0-9]+)\/(\d{8})\/([a-z0-9-]+)\/execute-api\/aws4_request, SignedHeaders=([a-z0-9;-]+), Signature=([0-9a-f]{64})$/;

/**
 * What is wrong with a request's signature; empty if it verifies. Written from AWS, "Create a signed AWS API request",
 * and shares no code with the signer.
 */
export function signatureObjections(
  request: SignedRequest,
  { region, credentials }: { readonly region: string; readonly credentials: TestCredentials },
): readonly string[] {
  const { headers, method, target, body } = request;
  const [, keyId, day = '', signedRegion, names = '', signature] =
    AUTHORIZATION.exec(headers.authorization ?? '') ?? [];
  if (signature === undefined) return [`the Authorization header is malformed: ${headers.authorization}`];
  const time = String(headers['x-amz-date']);
  const signed = names.split(';');
  const [path = '', query = ''] = target.split('?');
  const canonicalRequest = [
    method,
    // Every service but S3 takes the encoded path and encodes it once more.
    path.split('/').map(encoded).join('/'),
    canonicalQuery(query),
    ...signed.map((name) => `${name}:${String(headers[name]).trim().replaceAll(/ +/g, ' ')}`),
    '',
    names,
    sha256(body),
  ].join('\n');
  const scope = `${day}/${region}/execute-api/aws4_request`;
  const key = [day, region, 'execute-api', 'aws4_request'].reduce<string | Buffer>(
    hmac,
    `AWS4${credentials.secretAccessKey}`,
  );
  const expected = hmac(key, ['AWS4-HMAC-SHA256', time, scope, sha256(canonicalRequest)].join('\n')).toString('hex');
  return [
    ...(keyId === credentials.accessKeyId ? [] : ['another access key']),
    ...(signedRegion === region ? [] : [`signed for ${signedRegion}, not ${region}`]),
    ...(/^\d{8}T\d{6}Z$/.test(time) && time.startsWith(day) ? [] : [`X-Amz-Date is ${time}`]),
    ...mustBeSigned(headers).flatMap((name) => (signed.includes(name) ? [] : [`${name} is not signed`])),
    ...(names === signed.toSorted().join(';') ? [] : ['SignedHeaders are not sorted']),
    ...(headers['x-amz-security-token'] === credentials.sessionToken ? [] : ['another session token']),
    ...(signature === expected ? [] : [`the signature does not verify:\n${canonicalRequest}`]),
  ];
}

const mustBeSigned = (headers: IncomingHttpHeaders): readonly string[] =>
  ['host', 'x-amz-date', 'x-amz-security-token', 'content-type', 'idempotency-key'].filter((name) => name in headers);

const canonicalQuery = (query: string): string =>
  query === ''
    ? ''
    : query
        .split('&')
        .map((pair) => {
          const [name = '', value = ''] = pair.split('=');
          return `${encoded(decodeURIComponent(name))}=${encoded(decodeURIComponent(value))}`;
        })
        .toSorted()
        .join('&');

/** RFC 3986: everything but letters, digits, `-`, `.`, `_` and `~`. */
const encoded = (text: string): string =>
  encodeURIComponent(text).replaceAll(/[!'()*]/g, (one) => `%${one.charCodeAt(0).toString(16).toUpperCase()}`);

const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex');
const hmac = (key: string | Buffer, text: string): Buffer => createHmac('sha256', key).update(text).digest();

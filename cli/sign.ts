import { Hash } from '@smithy/core/serde';
import { SignatureV4 } from '@smithy/signature-v4';
import type { AwsCredentials } from './surroundings.ts';

export interface UnsignedRequest {
  readonly method: string;
  readonly url: URL;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string;
}

/** The headers of a request with its AWS Signature Version 4 for API Gateway. `host` is left to whoever sends it. */
export async function signedHeaders(
  { method, url, headers, body }: UnsignedRequest,
  who: { readonly region: string; readonly credentials: () => Promise<AwsCredentials>; readonly now: Date },
): Promise<Readonly<Record<string, string>>> {
  const signature = new SignatureV4({
    service: 'execute-api',
    region: who.region,
    credentials: who.credentials,
    sha256: Hash.bind(null, 'sha256'),
  });
  const signed = await signature.sign(
    {
      method,
      protocol: url.protocol,
      hostname: url.hostname,
      path: url.pathname,
      query: Object.fromEntries(url.searchParams),
      headers: { ...headers, host: url.host },
      ...(body !== undefined && { body }),
    },
    { signingDate: who.now },
  );
  const { host: _host, ...others } = signed.headers;
  return others;
}

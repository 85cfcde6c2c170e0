import { createHash } from 'node:crypto';
import { LOCAL_CREDENTIALS } from '../aws/local-user.ts';
import type { Call } from './call.ts';
import { GatewayRefusal } from './refusal.ts';
import { isSignedWith, type SignatureScope, type SigningTexts, signingTexts } from './signature.ts';

/** A request must reach AWS within five minutes of the time that it was signed with (IAM user guide). */
const WINDOW_MS = 5 * 60_000;

const SERVICE = 'execute-api';

/**
 * Refuses a call of an AWS_IAM method that the local user has not signed: with GatewayRefusal, in the words and in the
 * order of the service ("Troubleshoot signed requests for AWS APIs" and public answers). `realNow` is the time
 * outside, by which clients sign. Whether the user may call the method is not checked: the local run knows no
 * policies. Signatures in the query string are not looked at.
 */
export const requireSignature = (call: Call, at: { readonly region: string; readonly realNow: number }): void => {
  const header = call.header('authorization');
  if (header === undefined || header.trim() === '') {
    throw new GatewayRefusal('missingAuthenticationToken', 'Missing Authentication Token');
  }
  const parts = partsOf(header, call.header('x-amz-date'));
  requireTime(parts.time, at.realNow);
  const signedHeaders = parts.signedHeaders.split(';');
  requireSigned(signedHeaders, "'Host' or ':authority'", 'host');
  requireSigned(signedHeaders, "'X-Amz-Date'", 'x-amz-date');
  if (parts.algorithm !== 'AWS4-HMAC-SHA256') {
    const told = `Unsupported AWS 'algorithm': '${parts.algorithm}' (only AWS4-HMAC-SHA256 for now). `;
    throw incomplete(told, header);
  }
  const [accessKeyId = '', ...scopeParts] = credentialOf(parts.credential);
  requireScope(scopeParts, parts.time, at.region);
  const token = call.header('x-amz-security-token') ?? LOCAL_CREDENTIALS.sessionToken;
  if (accessKeyId !== LOCAL_CREDENTIALS.accessKeyId || token !== LOCAL_CREDENTIALS.sessionToken) {
    throw new GatewayRefusal('unrecognizedClient', 'The security token included in the request is invalid.');
  }
  const scope: SignatureScope = {
    ...{ date: scopeParts[0] ?? '', region: at.region, service: SERVICE },
    ...{ time: parts.time, signedHeaders },
  };
  const texts = signingTexts(call, scope);
  const known = isSignedWith(LOCAL_CREDENTIALS.secretAccessKey, texts, { scope, signature: parts.signature });
  if (!known) throw new GatewayRefusal('invalidSignature', mismatch(texts));
};

interface Parts {
  readonly algorithm: string;
  readonly credential: string;
  readonly signedHeaders: string;
  readonly signature: string;
  readonly time: string;
}

const partsOf = (header: string, time: string | undefined): Parts => {
  const [algorithm = '', ...rest] = header.trim().split(/\s+/);
  const given = new Map<string, string>();
  for (const pair of rest
    .join(' ')
    .split(',')
    .filter((each) => each.trim() !== '')) {
    const equal = pair.indexOf('=');
    if (equal < 0) throw incomplete('Invalid key=value pair (missing equal-sign) in Authorization header ', header);
    given.set(pair.slice(0, equal).trim(), pair.slice(equal + 1).trim());
  }
  const missing = ['Credential', 'Signature', 'SignedHeaders']
    .filter((name) => (given.get(name) ?? '') === '')
    .map((name) => `Authorization header requires '${name}' parameter. `);
  if (time === undefined) {
    missing.push("Authorization header requires existence of either a 'X-Amz-Date' or a 'Date' header. ");
  }
  if (missing.length > 0 || time === undefined) throw incomplete(missing.join(''), header);
  const [credential = '', signature = '', signedHeaders = ''] = ['Credential', 'Signature', 'SignedHeaders'].map(
    (name) => given.get(name),
  );
  if (!/^[0-9a-f]{64}$/.test(signature)) throw incomplete("'Signature' must be 64 hexadecimal digits. ", header);
  return { algorithm, credential, signature, signedHeaders: signedHeaders.toLowerCase(), time };
};

/** The header is told as a hash, because it may be somebody's password. */
const incomplete = (told: string, header: string): GatewayRefusal => {
  const hash = createHash('sha256').update(header).digest('base64');
  return new GatewayRefusal(
    'incompleteSignature',
    `${told}(Hashed with SHA-256 and encoded with Base64) Authorization=${hash}`,
  );
};

const invalid = (message: string): GatewayRefusal => new GatewayRefusal('invalidSignature', message);

const requireTime = (time: string, now: number): void => {
  const [, year, month, day, hour, minute, second] = /^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/.exec(time) ?? [];
  const at = Date.parse(`${year}-${month}-${day}T${hour}:${minute}:${second}Z`);
  if (Number.isNaN(at)) {
    const told = `Date must be in ISO-8601 'basic format'. Got '${time}'. See http://en.wikipedia.org/wiki/ISO_8601`;
    throw new GatewayRefusal('incompleteSignature', told);
  }
  const [here, earliest, latest] = [now, now - WINDOW_MS, now + WINDOW_MS].map(basicTime);
  // Whole seconds, as in the header.
  if (at < Math.floor(now / 1_000) * 1_000 - WINDOW_MS) {
    throw invalid(`Signature expired: ${time} is now earlier than ${earliest} (${here} - 5 min.)`);
  }
  if (at > now + WINDOW_MS) {
    throw invalid(`Signature not yet current: ${time} is still later than ${latest} (${here} + 5 min.)`);
  }
};

const basicTime = (at: number): string => `${new Date(at).toISOString().slice(0, 19).replaceAll(/[-:]/g, '')}Z`;

const requireSigned = (signedHeaders: readonly string[], told: string, name: string): void => {
  if (signedHeaders.includes(name)) return;
  throw invalid(`${told} must be a 'SignedHeader' in the AWS Authorization.`);
};

const credentialOf = (credential: string): readonly string[] => {
  const parts = credential.split('/');
  if (parts.length === 5) return parts;
  const told = 'Credential must have exactly 5 slash-delimited elements, e.g. keyid/date/region/service/term,';
  throw new GatewayRefusal('incompleteSignature', `${told} got '${credential}'`);
};

/** Everything that is wrong with the scope is told at once. */
const requireScope = ([date, region, service, end]: readonly string[], time: string, here: string): void => {
  const day = time.slice(0, 8);
  const wrong = [
    region === here ? '' : `Credential should be scoped to a valid region, not '${region}'. `,
    service === SERVICE ? '' : `Credential should be scoped to correct service: '${SERVICE}'. `,
    end === 'aws4_request' ? '' : `Credential should be scoped with a valid terminator: 'aws4_request', not '${end}'. `,
    date === day
      ? ''
      : `Date in Credential scope does not match YYYYMMDD from ISO-8601 version of date from HTTP: '${date}' != '${day}', from '${time}'.`,
  ].join('');
  if (wrong !== '') throw invalid(wrong);
};

const mismatch = ({ canonicalRequest, stringToSign }: SigningTexts): string =>
  [
    'The request signature we calculated does not match the signature you provided. Check your AWS Secret Access Key and signing method. Consult the service documentation for details.',
    `The Canonical String for this request should have been\n'${canonicalRequest}'`,
    `The String-to-Sign should have been\n'${stringToSign}'\n`,
  ].join('\n\n');

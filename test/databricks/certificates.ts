import { generateKeyPairSync, type KeyObject, sign } from 'node:crypto';

/** A certificate and its key, as a TLS server takes them. */
export interface Identity {
  readonly cert: string;
  readonly key: string;
}

interface Wanted {
  readonly name: string;
  /** Host names and addresses that it is good for. */
  readonly hosts?: readonly string[];
  readonly isAuthority?: boolean;
  readonly expiresAt?: Date;
}

/** Makes certificates, as X.509 v3 with keys on P-256 (RFC 5280, RFC 5758). Signed by itself where no authority is given. */
export class CertificateAuthority {
  readonly #name: string;
  readonly #key: KeyObject;
  readonly cert: string;

  constructor(name: string) {
    const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
    this.#name = name;
    this.#key = privateKey;
    this.cert = certificate({ name, isAuthority: true }, publicKey, name, privateKey);
  }

  issue(wanted: Wanted): Identity {
    const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
    return { cert: certificate(wanted, publicKey, this.#name, this.#key), key: pkcs8(privateKey) };
  }
}

/** What somebody makes at home. */
export const selfSigned = (wanted: Wanted): Identity => {
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  return { cert: certificate(wanted, publicKey, wanted.name, privateKey), key: pkcs8(privateKey) };
};

const pkcs8 = (key: KeyObject): string => key.export({ type: 'pkcs8', format: 'pem' }).toString();

const YEAR_MS = 365 * 24 * 60 * 60_000;
let serial = 0;

function certificate(wanted: Wanted, publicKey: KeyObject, issuer: string, issuerKey: KeyObject): string {
  const { name, hosts = [], isAuthority = false, expiresAt = new Date(Date.now() + YEAR_MS) } = wanted;
  serial += 1;
  const extensions = [
    ...(isAuthority ? [sequence(BASIC_CONSTRAINTS, octets(sequence(der(0x01, Buffer.from([0xff])))))] : []),
    ...(hosts.length === 0 ? [] : [sequence(SUBJECT_ALT_NAME, octets(sequence(...hosts.map(hostName))))]),
  ];
  const body = sequence(
    der(0xa0, integer(2)),
    integer(serial),
    sequence(ECDSA_WITH_SHA256),
    distinguished(issuer),
    sequence(time(new Date(Date.now() - 2 * YEAR_MS)), time(expiresAt)),
    distinguished(name),
    publicKey.export({ type: 'spki', format: 'der' }),
    der(0xa3, sequence(...extensions)),
  );
  const signature = sign('sha256', body, issuerKey);
  const whole = sequence(body, sequence(ECDSA_WITH_SHA256), der(0x03, Buffer.from([0]), signature));
  const lines = whole.toString('base64').match(/.{1,64}/g) ?? [];
  return ['-----BEGIN CERTIFICATE-----', ...lines, '-----END CERTIFICATE-----', ''].join('\n');
}

/** One value in DER: tag, length, content. */
function der(tag: number, ...content: readonly Buffer[]): Buffer {
  const body = Buffer.concat(content);
  const length =
    body.length < 0x80
      ? [body.length]
      : body.length < 0x1_00
        ? [0x81, body.length]
        : [0x82, body.length >> 8, body.length & 0xff];
  return Buffer.concat([Buffer.from([tag, ...length]), body]);
}

const sequence = (...parts: readonly Buffer[]): Buffer => der(0x30, ...parts);
const octets = (content: Buffer): Buffer => der(0x04, content);
const integer = (value: number): Buffer => der(0x02, Buffer.from([value]));
const oid = (...bytes: readonly number[]): Buffer => der(0x06, Buffer.from(bytes));

const ECDSA_WITH_SHA256 = oid(0x2a, 0x86, 0x48, 0xce, 0x3d, 0x04, 0x03, 0x02);
const COMMON_NAME = oid(0x55, 0x04, 0x03);
const BASIC_CONSTRAINTS = oid(0x55, 0x1d, 0x13);
const SUBJECT_ALT_NAME = oid(0x55, 0x1d, 0x11);

const distinguished = (name: string): Buffer =>
  sequence(der(0x31, sequence(COMMON_NAME, der(0x0c, Buffer.from(name, 'utf8')))));

/** GeneralizedTime, to the second. */
const time = (date: Date): Buffer => der(0x18, Buffer.from(`${date.toISOString().replace(/\D/g, '').slice(0, 14)}Z`));

const hostName = (host: string): Buffer =>
  /^[\d.]+$/.test(host) ? der(0x87, Buffer.from(host.split('.').map(Number))) : der(0x82, Buffer.from(host, 'ascii'));

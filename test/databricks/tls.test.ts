import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:https';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { CertificateAuthority, type Identity, selfSigned } from './certificates.ts';

const authority = new CertificateAuthority('test authority');
const HOUR_AGO = new Date(Date.now() - 3_600_000);

/** Servers on this machine, by what is the matter with their certificate. */
const SERVERS = {
  right: authority.issue({ name: 'right', hosts: ['127.0.0.1'] }),
  'of another host': authority.issue({ name: 'other', hosts: ['accounts.cloud.databricks.com'] }),
  'run out': authority.issue({ name: 'old', hosts: ['127.0.0.1'], expiresAt: HOUR_AGO }),
  'signed by itself': selfSigned({ name: 'home', hosts: ['127.0.0.1'] }),
} as const satisfies Readonly<Record<string, Identity>>;
type ServerName = keyof typeof SERVERS;
const NAMES = Object.keys(SERVERS) as readonly ServerName[];

const folder = mkdtempSync(join(tmpdir(), 'tls-'));
const caFile = join(folder, 'ca.pem');
const open: Server[] = [];
/** Requests that got through, by server. */
const seen = new Map<ServerName, string[]>();
let urls: readonly string[];

beforeAll(async () => {
  writeFileSync(caFile, authority.cert);
  urls = await Promise.all(NAMES.map(serve));
});
afterAll(() => {
  for (const server of open) {
    server.close();
    server.closeAllConnections();
  }
  rmSync(folder, { recursive: true });
});

const serve = async (name: ServerName): Promise<string> => {
  const server = createServer(SERVERS[name], (request, response) => {
    seen.set(name, [...(seen.get(name) ?? []), `${request.url} ${request.headers.authorization}`]);
    const body = request.url?.endsWith('/token') ? { access_token: 'token', expires_in: 3600 } : {};
    response.end(JSON.stringify(body));
  });
  open.push(server);
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  return `https://127.0.0.1:${(server.address() as AddressInfo).port}`;
};

/** What the client comes to at each server, in a process with this environment. */
const ask = async (env: Readonly<Record<string, string>>): Promise<Readonly<Record<ServerName, string>>> => {
  seen.clear();
  const client = join(import.meta.dirname, 'tls-client.ts');
  const { stdout } = await promisify(execFile)(process.execPath, [client, ...urls], { env });
  const outcomes = JSON.parse(stdout) as readonly string[];
  return Object.fromEntries(NAMES.map((name, index) => [name, outcomes[index]])) as Record<ServerName, string>;
};

const REFUSED = /^DatabricksUnreachable: .*no trusted connection to 127\.0\.0\.1:\d+; its certificate was refused/;
/** What Node.js says of each, at the end of a message. */
const WHY: Readonly<Record<Exclude<ServerName, 'right'>, RegExp>> = {
  'of another host': /ERR_TLS_CERT_ALTNAME_INVALID/,
  'run out': /CERT_HAS_EXPIRED/,
  'signed by itself': /DEPTH_ZERO_SELF_SIGNED_CERT/,
};

describe('a certificate', () => {
  test.each([
    ['as Lambda runs it', {}],
    ['where certificate checks are switched off for Node.js', { NODE_TLS_REJECT_UNAUTHORIZED: '0' }],
  ])('that is wrong is fatal, says why, and nothing is sent, %s', async (_how, env) => {
    const outcomes = await ask({ ...env, NODE_EXTRA_CA_CERTS: caFile });

    // The authority is trusted, so that only what is wrong can be the reason.
    expect(outcomes.right).toBe('answered');
    for (const [name, why] of Object.entries(WHY)) {
      expect(outcomes[name as ServerName]).toMatch(REFUSED);
      expect(outcomes[name as ServerName]).toMatch(why);
    }
    expect([...seen.keys()]).toEqual(['right']);
  });

  test('of an authority that nobody named is fatal, too', async () => {
    const outcomes = await ask({});

    for (const name of NAMES) expect(outcomes[name]).toMatch(REFUSED);
    expect(outcomes.right).toMatch(/UNABLE_TO_VERIFY_LEAF_SIGNATURE|UNABLE_TO_GET_ISSUER_CERT/);
    expect(seen.size).toBe(0);
  });
});

import { existsSync, mkdtempSync } from 'node:fs';
import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Sha256 } from '@aws-crypto/sha256-js';
import { afterAll } from '@jest/globals';
import { SignatureV4 } from '@smithy/signature-v4';
import type { LocalAccount } from '../../../local/aws/local-account.ts';
import type { LocalClock } from '../../../local/clock.ts';
import { deployAssembly } from '../../../local/template/deploy.ts';
import { startAccount } from '../aws/account.ts';
import { ACCESS_LOG, synthesizeShop } from './shop-app.ts';

const NO_MACHINES = { addStateMachine: () => undefined };

const folder = mkdtempSync(join(tmpdir(), 'shop-'));
afterAll(() => rm(folder, { recursive: true }));

/** The synthesized app; it is made once for each test file. */
const shop = (): string => {
  if (!existsSync(join(folder, 'manifest.json'))) synthesizeShop(folder);
  return folder;
};

type Template = { Resources: Record<string, { Type: string; Properties: Record<string, unknown> }> };

/** Deploys the app to an account of its own, after a change of its template. */
export const startApi = async (
  settings: { readonly clock?: LocalClock; readonly change?: (template: Template) => void } = {},
) => {
  const { change, ...more } = settings;
  const account = await startAccount(more);
  const copy = change === undefined ? undefined : await changed(change);
  const close = async () => {
    await account.close();
    if (copy !== undefined) await rm(copy, { recursive: true });
  };
  try {
    const assemblyDir = copy ?? shop();
    const deployment = await deployAssembly({ assemblyDir, account, stateMachines: NO_MACHINES });
    return { account, deployment, url: deployment.apis[0]?.url ?? '', close };
  } catch (error) {
    await close();
    throw error;
  }
};

const changed = async (change: (template: Template) => void): Promise<string> => {
  const copy = await mkdtemp(join(tmpdir(), 'changed-shop-'));
  await cp(shop(), copy, { recursive: true });
  const file = join(copy, 'Shop.template.json');
  const template = JSON.parse(await readFile(file, 'utf8'));
  change(template);
  await writeFile(file, JSON.stringify(template));
  return copy;
};

/** The resource of a type whose logical id begins so. */
export const resource = ({ Resources }: Template, type: string, prefix = '') => {
  const found = Object.entries(Resources).find(
    ([id, each]) => each.Type === `AWS::ApiGateway::${type}` && id.startsWith(prefix),
  );
  if (found === undefined) throw new Error(`no ${type} ${prefix} in the template`);
  return found[1];
};

export interface SignedRequest {
  readonly method?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
  readonly accessKeyId?: string;
  readonly secretAccessKey?: string;
  readonly sessionToken?: string;
  readonly region?: string;
  readonly service?: string;
  /** Asked when the request is signed. Default: now. */
  readonly signingDate?: () => Date;
}

/** The headers that the signer of the AWS SDKs makes for a request. */
export const signedHeaders = async (address: string, request: SignedRequest = {}) => {
  const url = new URL(address);
  const { accessKeyId = 'local', secretAccessKey = 'local', sessionToken } = request;
  const signer = new SignatureV4({
    service: request.service ?? 'execute-api',
    region: request.region ?? 'us-west-2',
    credentials: { accessKeyId, secretAccessKey, ...(sessionToken === undefined ? {} : { sessionToken }) },
    sha256: Sha256,
  });
  const query = Object.fromEntries(
    [...new Set(url.searchParams.keys())].map((name) => [name, url.searchParams.getAll(name)]),
  );
  const signed = await signer.sign(
    {
      method: request.method ?? 'GET',
      protocol: url.protocol,
      hostname: url.hostname,
      port: Number(url.port),
      path: url.pathname,
      query,
      headers: { ...request.headers, host: url.host },
      ...(request.body === undefined ? {} : { body: request.body }),
    },
    { signingDate: request.signingDate?.() ?? new Date() },
  );
  return signed.headers;
};

/** Sends a signed request. */
export const signedFetch = async (address: string, request: SignedRequest = {}): Promise<Response> => {
  const { host: _host, ...headers } = await signedHeaders(address, request);
  const body = request.body === undefined ? {} : { body: request.body };
  return fetch(address, { method: request.method ?? 'GET', headers, ...body });
};

/** The lines of the access log, as data. */
export const accessLog = async (account: LocalAccount): Promise<readonly Readonly<Record<string, string>>[]> => {
  const answer = await account.logs.handle('FilterLogEvents', { logGroupName: ACCESS_LOG });
  return (answer as { events: { message: string }[] }).events.map((event) => JSON.parse(event.message));
};

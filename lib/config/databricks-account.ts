import type { DatabricksAccount } from '../../lambda/contract/bindings.ts';
import { DATABRICKS_PRINCIPALS } from './databricks-principals.ts';
import type { Problems } from './problems.ts';
import type { DatabricksConfig } from './stage-config.ts';

interface Cloud {
  readonly accountHost: string;
  readonly workspaceUrl?: string;
  readonly awsPrincipal: string;
}

const COMMERCIAL: Cloud = {
  accountHost: 'https://accounts.cloud.databricks.com',
  workspaceUrl: 'https://{deployment_name}.cloud.databricks.com',
  awsPrincipal: DATABRICKS_PRINCIPALS.commercial,
};
const CLOUDS: ReadonlyMap<string, Cloud> = new Map([
  ['commercial', COMMERCIAL],
  [
    'govcloud',
    {
      accountHost: 'https://accounts.cloud.databricks.us',
      workspaceUrl: 'https://{deployment_name}.cloud.databricks.us',
      awsPrincipal: DATABRICKS_PRINCIPALS.govcloud,
    },
  ],
  [
    'govcloud-dod',
    {
      accountHost: 'https://accounts-dod.cloud.databricks.us',
      awsPrincipal: DATABRICKS_PRINCIPALS['govcloud-dod'],
    },
  ],
]);

const UUID = /^[0-9a-f]{8}-([0-9a-f]{4}-){3}[0-9a-f]{12}$/i;
const PLACEHOLDER = '{deployment_name}';

/** The Databricks account of a stage with its hosts filled in; problems are added, not thrown. */
export function readDatabricks(config: DatabricksConfig | undefined, problems: Problems): DatabricksAccount {
  const host = config?.accountHost ?? 'commercial';
  const cloud = CLOUDS.get(host) ?? [...CLOUDS.values()].find((one) => one.accountHost === host.replace(/\/+$/, ''));
  const accountHost = (cloud?.accountHost ?? host).replace(/\/+$/, '');
  const workspaceUrl = (config?.workspaceUrl ?? cloud?.workspaceUrl ?? '').replace(/\/+$/, '');
  const awsPrincipal = config?.awsPrincipal ?? cloud?.awsPrincipal ?? COMMERCIAL.awsPrincipal;
  if (!UUID.test(config?.accountId ?? '')) problems.add('databricks.accountId', config?.accountId, 'a UUID');
  if (!isSafeUrl(accountHost)) {
    problems.add('databricks.accountHost', host, `commercial, govcloud, govcloud-dod, or an ${URL_WANTED}`);
  }
  if (!workspaceUrl.includes(PLACEHOLDER) || !isSafeUrl(workspaceUrl.replace(PLACEHOLDER, 'name'))) {
    problems.add('databricks.workspaceUrl', config?.workspaceUrl, `an ${URL_WANTED}, with ${PLACEHOLDER} in it`);
  }
  if (!/^arn:aws[a-z-]*:iam::\d{12}:root$/.test(awsPrincipal)) {
    problems.add('databricks.awsPrincipal', awsPrincipal, 'an IAM root ARN such as arn:aws:iam::414351767826:root');
  }
  const secret = config?.credentialSecret;
  if (typeof secret !== 'string' || !/^[A-Za-z0-9/_+=.@:-]{1,512}$/.test(secret)) {
    problems.add('databricks.credentialSecret', secret, 'the name or ARN of a secret in AWS Secrets Manager');
  }
  return { accountId: config?.accountId ?? '', accountHost, workspaceUrl, awsPrincipal };
}

/** Tokens and the client secret go there: a typing error must not send them to a stranger. */
const DATABRICKS_HOST = /\.databricks\.(?:com|us|mil)$/;
const THIS_MACHINE = /^(?:(?:[a-z0-9-]+\.)*localhost|127(?:\.\d{1,3}){3}|\[::1\])$/;
const URL_WANTED =
  'https URL of a host below databricks.com, databricks.us or databricks.mil (or of this machine, also http)';

/** https to Databricks, or to this machine, there also http; no user, query or fragment. */
function isSafeUrl(text: string): boolean {
  const url = URL.parse(text);
  if (url === null || url.username !== '' || url.password !== '' || url.search !== '' || url.hash !== '') return false;
  if (url.protocol === 'https:') return DATABRICKS_HOST.test(url.hostname) || THIS_MACHINE.test(url.hostname);
  return url.protocol === 'http:' && ['127.0.0.1', 'localhost', '[::1]'].includes(url.hostname);
}

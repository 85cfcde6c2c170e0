import type { ApiTarget } from './api-client.ts';
import type { Given } from './command.ts';
import { UsageError } from './failures.ts';
import type { HiddenValues } from './hidden-values.ts';
import type { Surroundings } from './surroundings.ts';

const STACK_PREFIX = 'databricks-security-automation-';
const OUTPUT = 'ApiUrl';

/**
 * Where the API is and who asks: `--url`, else `DBSA_API_URL`, else the output of the stack. Fails with UsageError if
 * nothing says where, or in which Region.
 */
export async function findApi(given: Given, surroundings: Surroundings, hidden: HiddenValues): Promise<ApiTarget> {
  const { aws, environment, signal } = surroundings;
  const profile = given.text('profile');
  const named = given.text('url') ?? setIn(environment, 'DBSA_API_URL');
  const url = named === undefined ? undefined : checkBaseUrl(named);
  const stack = url === undefined ? stackOf(given, environment) : '';
  const fixed = url === undefined ? undefined : regionOf(url);
  const region = fixed ?? given.text('region') ?? (await aws.region(profile)) ?? noRegion();
  const provider = aws.credentials({ region, profile });
  const credentials = async () => {
    const found = await provider();
    hidden.add(found);
    return found;
  };
  return {
    url: url ?? checkBaseUrl(await aws.stackOutput({ stack, output: OUTPUT, region, credentials, signal })),
    region,
    credentials,
  };
}

function stackOf(given: Given, environment: Surroundings['environment']): string {
  const [stack, stage] = [given.text('stack'), given.text('stage')];
  if (stack !== undefined && stage !== undefined) throw new UsageError('found --stack and --stage, wanted one of them');
  if (stack !== undefined) return stack;
  const name = stage ?? setIn(environment, 'DBSA_STAGE');
  if (name !== undefined) return `${STACK_PREFIX}${name}`;
  throw new UsageError(
    'nothing says where the API is',
    'Give --stage NAME, --stack NAME or --url URL, or set DBSA_STAGE or DBSA_API_URL.',
  );
}

function noRegion(): never {
  throw new UsageError(
    'nothing says in which AWS Region the API is',
    'Give --region REGION, set AWS_REGION, or choose a profile that names one.',
  );
}

const setIn = (environment: Surroundings['environment'], name: string): string | undefined =>
  environment[name] === '' ? undefined : environment[name];

const LOOPBACK = /^(?:localhost|127(?:\.\d{1,3}){3}|\[::1\])$/;

/** Without its trailing slash, fit to receive signed requests: https, or http to this machine itself. */
function checkBaseUrl(text: string): string {
  const url = URL.parse(text);
  if (url === null) throw new UsageError(`found ${JSON.stringify(text)}, wanted the base URL of the API`);
  if (url.username !== '' || url.password !== '' || url.search !== '' || url.hash !== '') {
    throw new UsageError(`the base URL for ${url.host}: found a user, query or fragment, wanted none`);
  }
  const isPlainLoopback = url.protocol === 'http:' && LOOPBACK.test(url.hostname);
  if (url.protocol !== 'https:' && !isPlainLoopback) {
    throw new UsageError(
      `the base URL: found ${url.protocol}//${url.host}, wanted https:// (http:// only to this machine itself)`,
    );
  }
  return `${url.origin}${url.pathname}`.replace(/\/+$/, '');
}

/** The Region in the host that API Gateway gives; a signature for another one is refused there. */
const regionOf = (url: string): string | undefined =>
  /\.execute-api(?:-fips)?\.([a-z0-9-]+)\.amazonaws\.com(?:\.cn)?$/.exec(new URL(url).hostname)?.[1];

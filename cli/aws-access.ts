import { defaultProvider } from '@aws-sdk/credential-provider-node';
import { loadConfig, NODE_REGION_CONFIG_FILE_OPTIONS, NODE_REGION_CONFIG_OPTIONS } from '@smithy/core/config';
import {
  AwsRefused,
  type CommandFailure,
  CredentialsRefused,
  Interrupted,
  NotReachable,
  UsageError,
} from './failures.ts';
import type { AwsAccess, AwsChoice, AwsCredentials, StackQuestion } from './surroundings.ts';

/** AWS through its SDK: the same environment variables, profiles and logins as the AWS CLI. */
export const awsAccess: AwsAccess = { region, credentials, stackOutput };

async function region(profile: string | undefined): Promise<string | undefined> {
  const load = loadConfig(NODE_REGION_CONFIG_OPTIONS, {
    ...NODE_REGION_CONFIG_FILE_OPTIONS,
    ...(profile !== undefined && { profile }),
  });
  try {
    return await load();
  } catch {
    // The AWS CLI's own variable, which the SDK does not read.
    return process.env.AWS_DEFAULT_REGION;
  }
}

function credentials({ region, profile }: AwsChoice): () => Promise<AwsCredentials> {
  const provide = defaultProvider({
    ...(profile !== undefined && { profile }),
    clientConfig: { region },
    logger: SILENT,
  });
  return async () => {
    try {
      const { accessKeyId, secretAccessKey, sessionToken } = await provide();
      return { accessKeyId, secretAccessKey, ...(sessionToken !== undefined && { sessionToken }) };
    } catch (error) {
      const who = profile === undefined ? '' : ` of profile ${profile}`;
      throw new CredentialsRefused(
        `no AWS credentials${who}: ${saidBy(error)}`,
        'Log in (`aws sso login`, `aws login`), choose a --profile, or set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY.',
        { cause: error },
      );
    }
  };
}

const nothing = (): void => undefined;
const SILENT = { debug: nothing, info: nothing, warn: nothing, error: nothing };

async function stackOutput({ stack, output, region, credentials, signal }: StackQuestion): Promise<string> {
  // Loaded where it is needed: it takes as long as everything else together, and `--url` does without it.
  const { CloudFormationClient, DescribeStacksCommand } = await import('@aws-sdk/client-cloudformation');
  const client = new CloudFormationClient({ region, credentials, logger: SILENT });
  const { Stacks = [] } = await client
    .send(new DescribeStacksCommand({ StackName: stack }), { abortSignal: signal })
    .catch((error: unknown) => {
      throw signal.aborted ? new Interrupted() : refusalOf(error, `stack ${stack} in ${region}`);
    })
    .finally(() => client.destroy());
  const value = Stacks[0]?.Outputs?.find(({ OutputKey }) => OutputKey === output)?.OutputValue;
  if (value !== undefined) return value;
  throw new UsageError(
    `stack ${stack} in ${region} has no output ${output}`,
    'Deploy a version of this product that has the API, or give --url.',
  );
}

const NOT_ALLOWED =
  /^(AccessDenied|ExpiredToken|InvalidClientTokenId|UnrecognizedClient|SignatureDoesNotMatch|InvalidSignature|RequestExpired|AuthFailure|IncompleteSignature|MissingAuthenticationToken|OptInRequired)/;

function refusalOf(error: unknown, what: string): CommandFailure {
  if (error instanceof CredentialsRefused) return error;
  const { name, $metadata } = error as { readonly name?: string; readonly $metadata?: { httpStatusCode?: number } };
  const said = `${what}: ${saidBy(error)}`;
  if (name === 'ValidationError') {
    return new UsageError(said, 'Are --stage or --stack, --region and --profile those of the deployed stack?');
  }
  if (NOT_ALLOWED.test(name ?? '')) {
    return new CredentialsRefused(
      `${said} (${name})`,
      'It takes cloudformation:DescribeStacks on the stack; --url needs no look at it.',
    );
  }
  const status = $metadata?.httpStatusCode ?? 0;
  return status >= 400 && status < 500
    ? new AwsRefused(said, undefined, { cause: error })
    : new NotReachable(said, 'Is the Region right, and is this machine connected?', { cause: error });
}

/** The first line: those after it may repeat a signed request. */
function saidBy(error: unknown): string {
  const { message, name } = error as Partial<Error>;
  return (message || name || String(error)).split('\n')[0] ?? '';
}

import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { checkConfig } from '../lib/config/check-config.ts';
import { type ConfigChoice, loadConfig } from '../lib/config/load-config.ts';
import { ConfigInvalid } from '../lib/config/problems.ts';

/**
 * `npm run deploy -- -c stage=NAME`: `cdk deploy` with the arguments it was given, unless the environment or the
 * configuration points to a local run. Ends with the exit code of `cdk deploy`, or 1 if it was not started.
 */

const PROJECT = join(import.meta.dirname, '..');
const CDK = join(PROJECT, 'node_modules', 'aws-cdk', 'bin', 'cdk');

/** The choice that bin/app.ts will be given: the last `-c stage=...` and `-c config=...`, in every form the CDK takes. */
function choiceIn(args: readonly string[]): ConfigChoice {
  const given = args.flatMap((arg, index) => {
    if (arg === '-c' || arg === '--context') return [args[index + 1] ?? ''];
    const [, attached] = /^(?:--context=|-c=?)(.+)$/s.exec(arg) ?? [];
    return attached === undefined ? [] : [attached];
  });
  const last = (name: string): string | undefined =>
    given.findLast((each) => each.startsWith(`${name}=`))?.slice(name.length + 1);
  const [stage, config] = [last('stage'), last('config')];
  return { ...(stage !== undefined && { stage }), ...(config !== undefined && { config }) };
}

/** Variables that send AWS calls elsewhere: the SDKs' and the CLI's own `AWS_ENDPOINT_URL` and one for each service. */
const endpointsIn = (environment: NodeJS.ProcessEnv): readonly string[] =>
  Object.entries(environment).flatMap(([name, value]) =>
    /^AWS_ENDPOINT_URL(_.+)?$/.test(name) && value ? [`${name}=${value}`] : [],
  );

const LOOPBACK = /^((.+\.)?localhost|127\.\d+\.\d+\.\d+|0\.0\.0\.0|\[::1?\]|\[::ffff:7f[0-9a-f]{2}:[0-9a-f]+\])\.?$/;

const isLoopback = (url: string): boolean =>
  LOOPBACK.test(URL.parse(url.replace('{deployment_name}', 'name'))?.hostname ?? '');

/** Why these arguments are not deployed, or what will be deployed where. */
async function decide(args: readonly string[]): Promise<{ readonly refusal: string } | { readonly headline: string }> {
  const endpoints = endpointsIn(process.env);
  if (endpoints.length > 0) {
    return {
      refusal: `the environment sends AWS calls elsewhere (${endpoints.join(', ')}); unset ${endpoints.length === 1 ? 'it' : 'them'} to deploy to AWS`,
    };
  }
  const choice = choiceIn(args);
  const source = choice.config ?? `config/${choice.stage ?? 'example'}.ts`;
  const { account, region, bindings } = checkConfig(await loadConfig(choice, PROJECT), source);
  const { accountHost, workspaceUrl } = bindings.databricks;
  const local = [accountHost, workspaceUrl].filter(isLoopback);
  if (local.length > 0) {
    return {
      refusal: `${source} points to Databricks on this machine (${local.join(', ')}), which AWS Lambda cannot reach; choose another configuration`,
    };
  }
  return { headline: `Deploying ${source} to AWS account ${account} in ${region}, for Databricks at ${accountHost}` };
}

/** Runs `cdk deploy` to its end; Ctrl-C reaches it too and it decides what to do. */
async function deploy(args: readonly string[]): Promise<number> {
  process.on('SIGINT', () => {});
  const child = spawn(process.execPath, [CDK, 'deploy', ...args], { cwd: PROJECT, stdio: 'inherit' });
  return new Promise((resolve, reject) => {
    child.on('error', reject).on('close', (code) => resolve(code ?? 1));
  });
}

const args = process.argv.slice(2);
try {
  const decision = await decide(args);
  if ('refusal' in decision) {
    console.error(`Not deployed: ${decision.refusal}.`);
    process.exitCode = 1;
  } else {
    console.log(`${decision.headline}\n> cdk deploy ${args.join(' ')}`);
    process.exitCode = await deploy(args);
  }
} catch (error) {
  if (!(error instanceof ConfigInvalid)) throw error;
  console.error(`Not deployed: ${error.message}`);
  process.exitCode = 1;
}

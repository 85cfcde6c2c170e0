import { PortTaken } from './aws/endpoint.ts';
import { type Options, readOptions, USAGE, UsageError } from './console/options.ts';
import { type Result, resultTable } from './console/result.ts';
import { type Progress, Story } from './console/story.ts';
import { DEMO_ALIAS, demoAccount } from './demo/account.ts';
import { readResult } from './demo/read-result.ts';
import { DEMO_BINDINGS } from './demo/stage.ts';
import { startWorld, type World } from './world.ts';

/** `npm start`: the main job, end to end, on this machine. */
async function main(): Promise<number> {
  const options = readOptions(process.argv.slice(2), process.env);
  if (options.help) {
    console.log(USAGE);
    return 0;
  }
  refuseRealAws();
  const story = new Story();
  const transitions = new Map<string, number>();
  let began = performance.now();
  const world = await startWorld({
    bindings: { keyBindings: DEMO_BINDINGS.keyBindings },
    account: demoAccount,
    ports: { aws: options.port, databricks: options.port === 0 ? 0 : options.port + 1 },
    onStep: (what) => say(options, `  ${what}`),
    onHistory: (event) => {
      if (event.type === 'ExecutionStarted' && !event.executionArn.includes('/')) began = performance.now();
      if (event.type.endsWith('StateEntered'))
        transitions.set(event.executionArn, (transitions.get(event.executionArn) ?? 0) + 1);
      const progress = story.tell(event);
      if (progress !== undefined) showProgress(options, progress);
    },
  });
  const stopped = new Promise<void>((resolve) => {
    for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => resolve());
  });
  try {
    showReady(options, world);
    let before = world.databricks.control.state();
    say(options, `\nRotating the key material of ${DEMO_ALIAS} (aws kms rotate-key-on-demand) ...\n`);
    await world.aws.kms.handle('RotateKeyOnDemand', { KeyId: world.keyArn });
    const first = await Promise.race([world.nextEnd(), stopped]);
    if (first === undefined) return 130;
    const result = await readResult(world, first, before, { transitions, seconds: (performance.now() - began) / 1000 });
    showResult(options, result);
    if (options.once) return result.ok ? 0 : 1;
    say(options, '\nStill running. Start another rollout from a second terminal, or end with Ctrl-C.');
    for (;;) {
      before = world.databricks.control.state();
      transitions.clear();
      const ended = await Promise.race([world.nextEnd(), stopped]);
      if (ended === undefined) return 0;
      showResult(
        options,
        await readResult(world, ended, before, { transitions, seconds: (performance.now() - began) / 1000 }),
      );
    }
  } finally {
    await world.close();
  }
}

/** The local run talks to itself only. */
function refuseRealAws(): void {
  const set = Object.keys(process.env).filter((name) => name.startsWith('AWS_ENDPOINT_URL'));
  for (const name of set) {
    const url = URL.parse(process.env[name] ?? '');
    if (url !== null && !['127.0.0.1', 'localhost', '[::1]'].includes(url.hostname)) {
      throw new UsageError(`${name}: found ${process.env[name]}, wanted nothing: the local run never talks to AWS`);
    }
  }
}

function say(options: Options, text: string): void {
  if (!options.json) console.log(text);
}

const line = (value: object): void => console.log(JSON.stringify(value));

function showReady(options: Options, { aws, databricks, keyArn, outputs }: World): void {
  const workspaces = databricks.control.state().workspaces.map(({ id, deploymentName }) => ({
    workspaceId: id,
    host: databricks.workspaceUrlTemplate.replace('{deployment_name}', deploymentName),
  }));
  if (options.json) {
    const { accountHost, accountId, clientId, clientSecret, url } = databricks;
    line({
      event: 'ready',
      awsEndpoint: aws.endpoint.url,
      region: aws.home.region,
      keyArn,
      keyAlias: DEMO_ALIAS,
      databricks: { accountHost, accountId, clientId, clientSecret, workspaces, control: `${url}/control` },
      outputs,
    });
    return;
  }
  console.log(`
Everything below is simulated on this machine.

  AWS          ${aws.endpoint.url}
  Databricks   ${databricks.accountHost} (account ${databricks.accountId}), control ${databricks.url}/control/state
  Key          ${DEMO_ALIAS} -> ${keyArn}
  Rollouts     ${outputs.KeyRolloutStateMachineArn}

From a second terminal:

  export AWS_ENDPOINT_URL=${aws.endpoint.url} AWS_REGION=${aws.home.region} AWS_DEFAULT_REGION=${aws.home.region} AWS_ACCESS_KEY_ID=local AWS_SECRET_ACCESS_KEY=local
  aws kms rotate-key-on-demand --key-id ${keyArn}
  aws stepfunctions start-execution --state-machine-arn ${outputs.KeyRolloutStateMachineArn} --input '{"bindingId":"demo","dryRun":true}'`);
}

function showProgress(options: Options, progress: Progress): void {
  if (options.json) {
    line(progress);
    return;
  }
  console.log(`  ${progress.at.slice(11, 19)}  ${(progress.workspace ?? 'rollout').padEnd(18)}${progress.step}`);
}

function showResult(options: Options, result: Result): void {
  if (options.json) line(result);
  else console.log(`\n${resultTable(result)}`);
}

try {
  process.exitCode = await main();
} catch (error) {
  if (!(error instanceof UsageError || error instanceof PortTaken)) throw error;
  console.error(error.message);
  if (error instanceof UsageError) console.error(`\n${USAGE}`);
  process.exitCode = 2;
}

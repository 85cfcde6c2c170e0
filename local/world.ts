import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { synthesize, withAddresses } from './assembly.ts';
import { type LocalAccount, startLocalAccount } from './aws/local-account.ts';
import type { BusEvent } from './aws/service.ts';
import { LocalClock } from './clock.ts';
import type { ExecutionEvent } from './console/story.ts';
import type { AccountSeed } from './databricks/seed.ts';
import { type DatabricksSimulator, startDatabricksSimulator } from './databricks/simulator.ts';
import { CROSS_ACCOUNT_ROLE, DEMO_ALIAS } from './demo/account.ts';
import { databricksKeyPolicy } from './demo/key-policy.ts';
import { canUseKey } from './demo/key-use.ts';
import { AWS_HOME, CREDENTIAL_SECRET, localStage, SIMULATED_DATABRICKS, type StageBindings } from './demo/stage.ts';
import { Draws } from './draws.ts';
import { type Ended, EndedExecutions } from './ended-executions.ts';
import { StepFunctions } from './step-functions/step-functions.ts';
import { deployAssembly } from './template/deploy.ts';
import type { Schedule } from './template/schedule-resources.ts';

const DATABRICKS_ACCOUNT = '0d26daa6-5e44-4c97-a497-ef015f91254a';

export interface WorldOptions {
  /** Bindings of the stage, as a config file has them. */
  readonly bindings: StageBindings;
  /** The Databricks account; `keyArn` is the key behind the demo alias. */
  readonly account: (keyArn: string, now: number) => AccountSeed;
  /** Makes secrets in AWS Secrets Manager before the stack is deployed. */
  readonly makeSecrets?: (aws: LocalAccount) => Promise<void>;
  /** For faults that are drawn, and for the jitter of state machines. Default: any. */
  readonly randomSeed?: number;
  /** Milliseconds by which Databricks' clock is ahead of AWS's. */
  readonly databricksAheadMs?: number;
  /** Ports on 127.0.0.1; 0 takes a free one. */
  readonly ports?: { readonly aws: number; readonly databricks: number; readonly api: number };
  readonly onHistory?: (event: ExecutionEvent) => void;
  /** What the functions print. */
  readonly onLog?: (text: string) => void;
  /** Every event that comes to the bus. */
  readonly onEvent?: (event: BusEvent) => void;
  /** Told what is being done, for people who wait. */
  readonly onStep?: (what: string) => void;
}

/** A whole deployment on this machine: the synthesized template, simulated AWS, simulated Databricks, one clock. */
export interface World {
  readonly clock: LocalClock;
  readonly aws: LocalAccount;
  readonly stepFunctions: StepFunctions;
  readonly databricks: DatabricksSimulator;
  readonly keyArn: string;
  /** Outputs of the deployed stack. */
  readonly outputs: Readonly<Record<string, string>>;
  /** Base URL of the HTTP API on this machine. */
  readonly apiUrl: string;
  /** Whether the template came from the cache. */
  readonly cached: boolean;
  /** The schedules of the stack; nothing fires them by itself. */
  readonly schedules: readonly Schedule[];
  /** The next execution that ends and has not been asked for before; children of maps are not told. */
  nextEnd(): Promise<Ended>;
  /** The next such execution of one state machine; those of others stay untold. */
  nextEndOf(stateMachineArn: string | undefined): Promise<Ended>;
  /** What has ended so far is not told any more. */
  forgetEnds(): void;
  /** Starts a rollout by hand and waits for its end. */
  rollOut(input: object): Promise<Ended>;
  /** Starts the provisioning or the removal of a workspace by hand and waits for its end. */
  provision(input: object): Promise<Ended>;
  /** Starts a secret sync by hand and waits for its end. */
  syncSecrets(input: object): Promise<Ended>;
  /** Does now what the stack's schedule does by itself in AWS, and waits for the end of the sync that it starts. */
  scheduledSync(): Promise<Ended>;
  /** The same for the look at every key. */
  scheduledWatch(): Promise<void>;
  /** The same for the look at every key binding; the rollouts that it starts go on. */
  scheduledReconciliation(): Promise<void>;
  /** The same for the look for compute that was left stopped; the rollout that it starts goes on. */
  scheduledSweep(): Promise<void>;
  /** Replays the dead letters of one queue by hand and waits for the end. */
  replayDeadLetters(input: object): Promise<Ended>;
  close(): Promise<void>;
}

/** Makes the template, starts everything, creates the key and the credential secret, deploys. */
export async function startWorld(options: WorldOptions): Promise<World> {
  const tell = options.onStep ?? (() => undefined);
  const clock = new LocalClock();
  const ends = new EndedExecutions();
  const { randomSeed = 1, databricksAheadMs = 0 } = options;
  const draws = new Draws(randomSeed);
  const assembly = await synthesize(localStage(DATABRICKS_ACCOUNT, options.bindings));
  tell(assembly.cached ? 'template found in .local/' : 'template synthesized');
  const aws = await startLocalAccount({
    ...AWS_HOME,
    clock,
    randomSeed,
    port: options.ports?.aws ?? 0,
    apiPort: options.ports?.api ?? 0,
    onLog: ({ text }) => options.onLog?.(text),
    onEvent: (event) => options.onEvent?.(event),
  });
  const stepFunctions = new StepFunctions({
    home: aws.home,
    clock,
    random: options.randomSeed === undefined ? Math.random : () => draws.next('state machines'),
    targets: aws,
    onHistory: options.onHistory ?? (() => undefined),
    onStatusChange: (event) => {
      ends.tell(event);
      aws.bus.accept(event);
    },
  });
  aws.register('states', stepFunctions);
  const folder = await mkdtemp(join(tmpdir(), 'local-run-'));
  const closing: (() => Promise<void>)[] = [() => rm(folder, { recursive: true, force: true }), () => aws.close()];
  const close = async (): Promise<void> => {
    for (const end of closing.toReversed()) await end();
  };
  try {
    const keyArn = await makeKey(aws);
    const databricks = await startDatabricksSimulator({
      port: options.ports?.databricks ?? 0,
      now: () => clock.now() + databricksAheadMs,
      randomSeed,
      seed: { accountId: DATABRICKS_ACCOUNT, ...options.account(keyArn, clock.now()) },
      canUseKey: canUseKey(aws, DATABRICKS_ACCOUNT),
    });
    closing.push(() => databricks.close());
    await makeCredentials(aws, databricks);
    await options.makeSecrets?.(aws);
    await withAddresses(assembly.dir, folder, new Map([[SIMULATED_DATABRICKS, databricks.url]]));
    const deployment = await deployAssembly({ assemblyDir: folder, account: aws, stateMachines: stepFunctions });
    const apiUrl = deployment.apis[0]?.url ?? '';
    const outputs: Readonly<Record<string, string>> = {
      ...Object.values(deployment.outputs)[0],
      ...(apiUrl !== '' && { ApiUrl: apiUrl }),
    };
    tell('stack deployed to simulated AWS');
    const run = async (stateMachineArn: string | undefined, input: object): Promise<Ended> => {
      const started = (await stepFunctions.handle('StartExecution', {
        stateMachineArn,
        input: JSON.stringify(input),
      })) as { readonly executionArn: string };
      return ends.of(started.executionArn);
    };
    const fire = async (targetEnd: string): Promise<void> => {
      const due = deployment.schedules.filter(
        ({ enabled, targetArns }) => enabled && targetArns[0]?.endsWith(targetEnd),
      );
      for (const schedule of due) await schedule.fire();
    };
    const fireFunction = async (name: string | undefined): Promise<void> => {
      await fire(`:function:${name}`);
      await aws.settled();
    };
    return {
      clock,
      aws,
      stepFunctions,
      databricks,
      keyArn,
      outputs,
      apiUrl,
      cached: assembly.cached,
      schedules: deployment.schedules,
      nextEnd: () => ends.next(),
      nextEndOf: (stateMachineArn) => ends.nextOf(stateMachineArn),
      forgetEnds: () => ends.forget(),
      rollOut: (input) => run(outputs.KeyRolloutStateMachineArn, input),
      provision: (input) => run(outputs.WorkspaceProvisioningStateMachineArn, input),
      syncSecrets: (input) => run(outputs.SecretSyncStateMachineArn, input),
      scheduledSync: async () => {
        await fire(outputs.SecretSyncStateMachineArn ?? '');
        return ends.nextOf(outputs.SecretSyncStateMachineArn);
      },
      scheduledWatch: () => fireFunction(outputs.KeyWatchFunctionName),
      scheduledReconciliation: () => fireFunction(outputs.KeyRolloutFrontDoorFunctionName),
      scheduledSweep: () => fireFunction(outputs.ComputeCareFunctionName),
      replayDeadLetters: (input) => run(outputs.DeadLetterReplayStateMachineArn, input),
      close,
    };
  } catch (error) {
    await close();
    throw error;
  }
}

async function makeKey(aws: LocalAccount): Promise<string> {
  const answer = (await aws.kms.handle('CreateKey', {
    Description: 'Databricks customer-managed key of the local run',
    Policy: databricksKeyPolicy({
      awsAccount: AWS_HOME.account,
      databricksAccountId: DATABRICKS_ACCOUNT,
      crossAccountRole: CROSS_ACCOUNT_ROLE,
    }),
  })) as { readonly KeyMetadata: { readonly Arn: string; readonly KeyId: string } };
  await aws.kms.handle('CreateAlias', { AliasName: DEMO_ALIAS, TargetKeyId: answer.KeyMetadata.KeyId });
  return answer.KeyMetadata.Arn;
}

async function makeCredentials(aws: LocalAccount, { clientId, clientSecret }: DatabricksSimulator): Promise<void> {
  await aws.secrets.handle('CreateSecret', {
    Name: CREDENTIAL_SECRET,
    SecretString: JSON.stringify({ client_id: clientId, client_secret: clientSecret }),
    ClientRequestToken: 'local-run-credential-secret-0001',
  });
}

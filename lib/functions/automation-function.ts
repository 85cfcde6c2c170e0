import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ArnFormat, Duration, RemovalPolicy, Stack } from 'aws-cdk-lib';
import { PolicyStatement, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { Architecture, LoggingFormat, Runtime, Tracing } from 'aws-cdk-lib/aws-lambda';
import { type ICommandHooks, NodejsFunction, OutputFormat } from 'aws-cdk-lib/aws-lambda-nodejs';
import { LogGroup } from 'aws-cdk-lib/aws-logs';
import { Construct } from 'constructs';
import { BINDINGS_FILE, ENV } from '../../lambda/contract/environment.ts';
import { acknowledge } from '../acknowledge.ts';
import type { CheckedConfig } from '../config/check-config.ts';

export interface AutomationFunctionProps {
  readonly config: CheckedConfig;
  /** File name in lambda/handlers, without its ending. */
  readonly handler: string;
  readonly description: string;
  /** Longest run; steps that call Databricks need room for its retries. Default 2 minutes. */
  readonly timeout?: Duration;
}

const PROJECT = join(import.meta.dirname, '..', '..');

/** Bundles that hold CommonJS packages need `require`, which ES modules lack. */
const REQUIRE_BANNER =
  "import { createRequire as automationRequire } from 'node:module'; const require = automationRequire(import.meta.url);";

/** One Lambda function with the settings all of them share: the one place that makes functions. */
export class AutomationFunction extends Construct {
  readonly function: NodejsFunction;
  readonly #config: CheckedConfig;
  readonly #role: Role;
  readonly #reasons = new Map<string, Set<string>>();

  constructor(scope: Construct, id: string, props: AutomationFunctionProps) {
    super(scope, id);
    this.#config = props.config;
    const logGroup = new LogGroup(this, 'Logs', {
      retention: props.config.logRetentionDays,
      removalPolicy: props.config.retain ? RemovalPolicy.RETAIN : RemovalPolicy.DESTROY,
    });
    const role = new Role(this, 'Role', {
      assumedBy: new ServicePrincipal('lambda.amazonaws.com'),
      description: props.description,
    });
    logGroup.grantWrite(role);
    this.function = new NodejsFunction(this, 'Function', {
      entry: join(PROJECT, 'lambda', 'handlers', `${props.handler}.ts`),
      projectRoot: PROJECT,
      depsLockFilePath: join(PROJECT, 'package-lock.json'),
      handler: 'handler',
      description: props.description,
      runtime: Runtime.NODEJS_24_X,
      architecture: Architecture.ARM_64,
      memorySize: 512,
      timeout: props.timeout ?? Duration.minutes(2),
      tracing: Tracing.ACTIVE,
      role,
      loggingFormat: LoggingFormat.JSON,
      logGroup,
      bundling: {
        format: OutputFormat.ESM,
        mainFields: ['module', 'main'],
        minify: true,
        target: 'node24',
        // The runtime's own SDK is older and differs by Region.
        externalModules: [],
        bundleAwsSDK: true,
        banner: REQUIRE_BANNER,
        commandHooks: bindingsBeside(props.config),
      },
    });
    this.#role = role;
    this.acknowledgeRight('*', 'X-Ray accepts trace segments only on the resource *');
  }

  /** Allows actions that accept only the resource `*`; `reason` says so to whoever reviews the stack. */
  allowAnywhere(actions: string[], reason: string): void {
    this.function.addToRolePolicy(new PolicyStatement({ actions, resources: ['*'] }));
    this.acknowledgeRight('*', reason);
  }

  /** Says why the function's rights name a resource with a wildcard; several reasons stand side by side. */
  acknowledgeRight(resource: string, reason: string): void {
    const reasons = this.#reasons.get(resource) ?? new Set();
    this.#reasons.set(resource, reasons.add(reason));
    acknowledge(this.#role, `IAM5[Resource::${resource}]`, [...reasons].join('; '));
  }

  /** Lets the function read the Databricks credentials, and tells it where they are. */
  grantDatabricks(): this {
    const { credentialSecret, region, account } = this.#config;
    const arn = credentialSecret.startsWith('arn:')
      ? credentialSecret
      : // Secrets Manager puts six random characters behind the name.
        Stack.of(this).formatArn({
          service: 'secretsmanager',
          region,
          account,
          resource: 'secret',
          resourceName: `${credentialSecret}-??????`,
          arnFormat: ArnFormat.COLON_RESOURCE_NAME,
        });
    this.function.addToRolePolicy(
      new PolicyStatement({ actions: ['secretsmanager:GetSecretValue'], resources: [arn] }),
    );
    this.function.addEnvironment(ENV.credentialSecret, credentialSecret);
    return this;
  }
}

/** Copies the bindings into the bundle's folder, where they become part of the asset and its hash. */
function bindingsBeside({ bindings }: CheckedConfig): ICommandHooks {
  const file = bindingsFile(JSON.stringify(bindings, null, 2));
  return {
    beforeBundling: () => [],
    beforeInstall: () => [],
    afterBundling: (_input, outputDir) => [`cp ${JSON.stringify(file)} ${JSON.stringify(outputDir)}`],
  };
}

const written = new Map<string, string>();

/** A file of this content for as long as the process runs: the same for all functions of a stage. */
function bindingsFile(text: string): string {
  const known = written.get(text);
  if (known !== undefined) return known;
  const folder = mkdtempSync(join(tmpdir(), 'bindings-'));
  process.once('exit', () => rmSync(folder, { recursive: true, force: true }));
  const file = join(folder, BINDINGS_FILE);
  writeFileSync(file, text);
  written.set(text, file);
  return file;
}

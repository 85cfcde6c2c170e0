import { ArnFormat, Duration, RemovalPolicy, Stack } from 'aws-cdk-lib';
import { PolicyStatement, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import {
  Architecture,
  Code,
  Function as LambdaFunction,
  LoggingFormat,
  Runtime,
  Tracing,
} from 'aws-cdk-lib/aws-lambda';
import { LogGroup } from 'aws-cdk-lib/aws-logs';
import { Construct } from 'constructs';
import { ENV } from '../../lambda/contract/environment.ts';
import { acknowledge } from '../acknowledge.ts';
import type { CheckedConfig } from '../config/check-config.ts';
import { bundleOf, HANDLERS } from './bundles.ts';

export interface AutomationFunctionProps {
  readonly config: CheckedConfig;
  /** File name in lambda/handlers, without its ending. */
  readonly handler: string;
  readonly description: string;
  /** Longest run; steps that call Databricks need room for its retries. Default 2 minutes. */
  readonly timeout?: Duration;
}

/** One Lambda function with the settings all of them share: the one place that makes functions. */
export class AutomationFunction extends Construct {
  readonly function: LambdaFunction;
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
    this.function = new LambdaFunction(this, 'Function', {
      code: Code.fromAsset(this.#codeOf(props.handler)),
      handler: 'index.handler',
      description: props.description,
      runtime: Runtime.NODEJS_24_X,
      architecture: Architecture.ARM_64,
      memorySize: 512,
      timeout: props.timeout ?? Duration.minutes(2),
      tracing: Tracing.ACTIVE,
      role,
      loggingFormat: LoggingFormat.JSON,
      logGroup,
    });
    this.#role = role;
    this.acknowledgeRight('*', 'X-Ray accepts trace segments only on the resource *');
  }

  /** The sources stand for the bundle where the CDK asks for none, as when it only lists stacks. */
  #codeOf(handler: string): string {
    if (!Stack.of(this).bundlingRequired) return HANDLERS;
    return bundleOf(handler, JSON.stringify(this.#config.bindings, null, 2));
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

import { isRecord, optionalCount, optionalText, type Request } from '../aws/actions.ts';
import { arnAt } from '../aws/home.ts';
import type { LocalAccount } from '../aws/local-account.ts';
import { nameOf, onlyKnown, part, type ResourceHandler, type TemplateResource, whereIs } from './resource.ts';
import { roleOf } from './role-resources.ts';
import { UnknownInTemplate } from './unknown-template.ts';

const HEEDED = [
  ...['FunctionName', 'Code', 'Handler', 'Runtime', 'Timeout', 'MemorySize', 'Environment'],
  ...['ReservedConcurrentExecutions', 'PackageType', 'Role'],
];
const IDLE = [
  ...['Description', 'Architectures', 'LoggingConfig', 'TracingConfig', 'Tags', 'KmsKeyArn'],
  ...['EphemeralStorage', 'RuntimeManagementConfig', 'RecursiveLoop'],
];

/** AWS::Lambda::Function: Node.js functions from a folder. Layers, images and VPCs are refused. */
export const lambdaFunction =
  (account: LocalAccount): ResourceHandler =>
  (resource) => {
    onlyKnown(resource, { heeded: HEEDED, idle: IDLE });
    const { properties, home } = resource;
    const runtime = optionalText(properties, 'Runtime') ?? '';
    if (!runtime.startsWith('nodejs') || (properties.PackageType ?? 'Zip') !== 'Zip') {
      throw new UnknownInTemplate(whereIs(resource), `the local run does not know the runtime ${runtime}`);
    }
    const name = nameOf(resource, 'FunctionName', 64);
    const arn = arnAt(home, 'lambda', `function:${name}`);
    account.functions.add({
      name,
      arn,
      assetDir: assetDirOf(resource),
      handler: optionalText(properties, 'Handler') ?? 'index.handler',
      timeoutSeconds: optionalCount(properties, 'Timeout', { least: 1, most: 900 }) ?? 3,
      memoryMb: optionalCount(properties, 'MemorySize', { least: 128, most: 10_240 }) ?? 128,
      environment: texts(part(resource, 'Environment').Variables),
      concurrency: optionalCount(properties, 'ReservedConcurrentExecutions', { least: 0, most: 1000 }),
    });
    const role = roleOf(resource);
    if (role !== undefined) account.permissions.assume(name, role);
    account.logs.addGroup(`/aws/lambda/${name}`);
    return { ref: name, attributes: { Arn: arn } };
  };

const assetDirOf = (resource: TemplateResource): string => {
  const key = part(resource, 'Code').S3Key;
  const dir = resource.assetDirs.get(String(key));
  if (dir !== undefined) return dir;
  throw new UnknownInTemplate(whereIs(resource), `the code must be an asset of the assembly, not ${String(key)}`);
};

const texts = (variables: unknown): Readonly<Record<string, string>> =>
  Object.fromEntries(
    Object.entries(isRecord(variables) ? variables : {}).map(([name, value]) => [name, String(value)]),
  );

/** AWS::Lambda::EventInvokeConfig: retries, age and the destination for failures. OnSuccess is refused. */
export const eventInvokeConfig =
  (account: LocalAccount): ResourceHandler =>
  (resource) => {
    const heeded = [
      ...['FunctionName', 'Qualifier', 'MaximumRetryAttempts', 'MaximumEventAgeInSeconds', 'DestinationConfig'],
    ];
    onlyKnown(resource, { heeded });
    const { properties } = resource;
    const destinations = part(resource, 'DestinationConfig');
    if (destinations.OnSuccess !== undefined) {
      throw new UnknownInTemplate(whereIs(resource), 'the local run does not know OnSuccess');
    }
    const qualifier = optionalText(properties, 'Qualifier') ?? '$LATEST';
    if (qualifier !== '$LATEST') throw new UnknownInTemplate(whereIs(resource), `the qualifier ${qualifier}`);
    const { name } = account.functions.find(optionalText(properties, 'FunctionName') ?? '');
    const age = optionalCount(properties, 'MaximumEventAgeInSeconds', { least: 60, most: 21_600 });
    const retries = optionalCount(properties, 'MaximumRetryAttempts', { least: 0, most: 2 });
    account.asynchronous.setRules(name, {
      retries: retries ?? 2,
      mostSeconds: age ?? 21_600,
      onFailureArn: destinationOf(destinations.OnFailure),
    });
    return { ref: `${name}-event-invoke-config`, attributes: {} };
  };

const destinationOf = (given: unknown): string | undefined => {
  const failure: Request = isRecord(given) ? given : {};
  return optionalText(failure, 'Destination');
};

import { isRecord } from '../aws/actions.ts';
import type { LocalAccount } from '../aws/local-account.ts';
import { apiMethod, apiModel, apiValidator } from './api-method-resources.ts';
import { apiAccount, apiDeployment, apiResource, restApi } from './api-resources.ts';
import { apiStage, type DeployedApi, gatewayResponse } from './api-stage-resources.ts';
import { type AssemblyStack, readAssembly } from './assembly.ts';
import { bucket } from './bucket-resources.ts';
import { logGroup, rule } from './event-resources.ts';
import { eventInvokeConfig, lambdaFunction } from './function-resources.ts';
import { IDLE_RESOURCES } from './idle-resources.ts';
import { NO_VALUE, referredNames, resolveValue } from './intrinsics.ts';
import { alias, key } from './key-resources.ts';
import { queue, subscription, topic } from './messaging-resources.ts';
import { inOrder } from './order.ts';
import { type ResourceHandler, whereIs } from './resource.ts';
import { policy, role } from './role-resources.ts';
import { type Alarm, alarm, type Schedule, schedule } from './schedule-resources.ts';
import { type AssemblyOutputs, type MadeResource, StackScope } from './stack-scope.ts';
import { type StateMachineDeployer, stateMachine } from './state-machine.ts';
import { globalTable, table } from './table-resources.ts';
import { UnknownInTemplate } from './unknown-template.ts';

export interface DeployAssemblySettings {
  /** The folder that `cdk synth` writes: `cdk.out`. */
  readonly assemblyDir: string;
  readonly account: LocalAccount;
  readonly stateMachines: StateMachineDeployer;
  /** Resource types that are made elsewhere; they come before the built-in ones. */
  readonly handlers?: Readonly<Record<string, ResourceHandler>>;
  /** Values of template parameters; others take their defaults. */
  readonly parameters?: Readonly<Record<string, string>>;
}

/** A resource of the assembly as it stands in the local account. */
interface DeployedResource extends MadeResource {
  readonly stackName: string;
  readonly logicalId: string;
  readonly type: string;
  /** The path of its construct, where the template tells it. */
  readonly path?: string | undefined;
}

/** What a deployment made. */
export interface Deployment {
  readonly resources: readonly DeployedResource[];
  /** By stack name, then by output name. */
  readonly outputs: Readonly<Record<string, Readonly<Record<string, string>>>>;
  readonly schedules: readonly Schedule[];
  readonly alarms: readonly Alarm[];
  /** Every stage of every REST API. */
  readonly apis: readonly DeployedApi[];
}

/**
 * Makes every resource of a synthesized app in the local account, stack by stack, each after what it refers to. Rejects
 * with UnknownInTemplate, naming stack and resource, for the first thing that the local run does not know; nothing of a
 * template is skipped in silence.
 */
export const deployAssembly = async (settings: DeployAssemblySettings): Promise<Deployment> => {
  const across: AssemblyOutputs = { exports: new Map(), outputs: new Map() };
  const made: Made = { resources: [], schedules: [], alarms: [], apis: [] };
  const handlers = { ...builtIn(settings, made), ...settings.handlers };
  for (const stack of readAssembly(settings.assemblyDir)) {
    made.resources.push(...(await deployStack(stack, { settings, across, handlers })));
  }
  addScheduledRules(made, settings.account);
  const outputs = [...across.outputs].map(([name, values]) => [name, Object.fromEntries(values)] as const);
  return { ...made, outputs: Object.fromEntries(outputs) };
};

/** What a deployment has made so far. */
interface Made {
  readonly resources: DeployedResource[];
  readonly schedules: Schedule[];
  readonly alarms: Alarm[];
  readonly apis: DeployedApi[];
}

const builtIn = (
  { account, stateMachines }: DeployAssemblySettings,
  made: Made,
): Readonly<Record<string, ResourceHandler>> => {
  const addAlarm = alarm((each) => made.alarms.push(each));
  return {
    ...IDLE_RESOURCES,
    'AWS::ApiGateway::Account': apiAccount,
    'AWS::ApiGateway::Deployment': apiDeployment(account),
    'AWS::ApiGateway::GatewayResponse': gatewayResponse(account),
    'AWS::ApiGateway::Method': apiMethod(account),
    'AWS::ApiGateway::Model': apiModel(account),
    'AWS::ApiGateway::RequestValidator': apiValidator(account),
    'AWS::ApiGateway::Resource': apiResource(account),
    'AWS::ApiGateway::RestApi': restApi(account),
    'AWS::ApiGateway::Stage': apiStage(account, (each) => made.apis.push(each)),
    'AWS::CloudWatch::Alarm': addAlarm,
    'AWS::CloudWatch::CompositeAlarm': addAlarm,
    'AWS::DynamoDB::GlobalTable': globalTable(account),
    'AWS::DynamoDB::Table': table(account),
    'AWS::Events::Rule': rule(account),
    'AWS::KMS::Alias': alias(account),
    'AWS::IAM::Policy': policy(account),
    'AWS::IAM::Role': role(account),
    'AWS::KMS::Key': key(account),
    'AWS::Lambda::EventInvokeConfig': eventInvokeConfig(account),
    'AWS::Lambda::Function': lambdaFunction(account),
    'AWS::Logs::LogGroup': logGroup(account),
    'AWS::S3::Bucket': bucket,
    'AWS::SNS::Subscription': subscription(account),
    'AWS::SNS::Topic': topic(account),
    'AWS::SQS::Queue': queue(account),
    'AWS::Scheduler::Schedule': schedule(account, (each) => made.schedules.push(each)),
    'AWS::StepFunctions::StateMachine': stateMachine(stateMachines),
  };
};

/** Parts of a template; `Rules` only check parameters, and CDK's own checks the version of a bootstrap stack. */
const SECTIONS = new Set([
  ...['AWSTemplateFormatVersion', 'Description', 'Metadata', 'Parameters', 'Rules', 'Mappings', 'Conditions'],
  ...['Resources', 'Outputs'],
]);

interface StackWork {
  readonly settings: DeployAssemblySettings;
  readonly across: AssemblyOutputs;
  readonly handlers: Readonly<Record<string, ResourceHandler>>;
}

const deployStack = async (stack: AssemblyStack, work: StackWork): Promise<readonly DeployedResource[]> => {
  const { account, parameters = {} } = work.settings;
  requireHere(stack, account);
  const strange = Object.keys(stack.template).filter((name) => !SECTIONS.has(name));
  if (strange.length > 0) throw new UnknownInTemplate(stack.name, `the local run does not know ${strange.join(', ')}`);
  const scope = new StackScope(account.home, stack, { across: work.across, parameters });
  const wanted = Object.entries(section(stack, 'Resources')).filter(([id, resource]) => {
    const condition = isRecord(resource) ? resource.Condition : undefined;
    return condition === undefined || scope.condition(String(condition), `${stack.name}/${id}`);
  });
  const ordered = inOrder(wanted.map(([id, resource]) => ({ id, needs: needs(resource), resource })));
  const all: DeployedResource[] = [];
  for (const { id, resource } of ordered) {
    const deployed = await makeResource({ stack, logicalId: id, scope, work }, isRecord(resource) ? resource : {});
    scope.add(id, deployed);
    all.push(deployed);
  }
  noteOutputs(stack, scope, work.across);
  return all;
};

/** A stack that was synthesized for another account or Region would get ARNs that nothing here answers to. */
const requireHere = (stack: AssemblyStack, { home }: LocalAccount): void => {
  const [account, region] = [stack.account ?? home.account, stack.region ?? home.region];
  if (account === home.account && region === home.region) return;
  const here = `${home.account}/${home.region}`;
  throw new UnknownInTemplate(stack.name, `was synthesized for ${account}/${region}; the local account is ${here}`);
};

const section = (stack: AssemblyStack, name: string): Readonly<Record<string, unknown>> => {
  const value = stack.template[name];
  return isRecord(value) ? value : {};
};

const needs = (resource: unknown): readonly string[] => {
  if (!isRecord(resource)) return [];
  return [...referredNames(resource.Properties), ...[resource.DependsOn ?? []].flat().map(String)];
};

interface Place {
  readonly stack: AssemblyStack;
  readonly logicalId: string;
  readonly scope: StackScope;
  readonly work: StackWork;
}

const makeResource = async (
  { stack, logicalId, scope, work }: Place,
  resource: Readonly<Record<string, unknown>>,
): Promise<DeployedResource> => {
  const about = { stackName: stack.name, logicalId, type: String(resource.Type) };
  const where = whereIs(about);
  const handler = Object.hasOwn(work.handlers, about.type) ? work.handlers[about.type] : undefined;
  if (handler === undefined) throw new UnknownInTemplate(where, 'the local run does not know this type');
  const resolved = resolveValue(resource.Properties ?? {}, scope, where);
  const properties = isRecord(resolved) ? resolved : {};
  const path = isRecord(resource.Metadata) ? resource.Metadata['aws:cdk:path'] : undefined;
  try {
    const { home } = work.settings.account;
    const made = await handler({ ...about, home, properties, assetDirs: stack.assetDirs });
    return { ...about, ...made, path: typeof path === 'string' ? path : undefined };
  } catch (error) {
    if (error instanceof UnknownInTemplate) throw error;
    throw new UnknownInTemplate(where, error instanceof Error ? error.message : String(error), { cause: error });
  }
};

const noteOutputs = (stack: AssemblyStack, scope: StackScope, across: AssemblyOutputs): void => {
  const own = new Map<string, string>();
  across.outputs.set(stack.name, own);
  for (const [name, output] of Object.entries(section(stack, 'Outputs'))) {
    if (!isRecord(output)) continue;
    const where = `${stack.name}/Outputs/${name}`;
    if (output.Condition !== undefined && !scope.condition(String(output.Condition), where)) continue;
    const value = resolveValue(output.Value, scope, where);
    if (value === NO_VALUE) continue;
    own.set(name, String(value));
    if (isRecord(output.Export))
      across.exports.set(String(resolveValue(output.Export.Name, scope, where)), String(value));
  }
};

/** Rules with a schedule are schedules, too. */
const addScheduledRules = (made: Made, account: LocalAccount): void => {
  for (const each of account.bus.rules()) {
    if (each.schedule === undefined) continue;
    made.schedules.push({
      name: each.name,
      arn: each.arn,
      expression: each.schedule,
      timezone: 'UTC',
      enabled: each.state === 'ENABLED',
      description: each.description,
      targetArns: each.targets.map((target) => target.arn),
      fire: async () => account.bus.fireSchedule(each.name),
    });
  }
};

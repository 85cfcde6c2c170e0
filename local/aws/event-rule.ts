import { isRecord, optionalCount, optionalText, type Request, text } from './actions.ts';
import { compilePattern, type EventMatcher } from './event-pattern.ts';
import { arnAt, type Home } from './home.ts';
import type { InputTransformer, TargetInput } from './input-transformer.ts';
import { AwsError } from './service.ts';

/** A rule of the default bus. */
export interface EventRule {
  readonly name: string;
  readonly arn: string;
  readonly description?: string | undefined;
  readonly pattern?: unknown;
  readonly matches?: EventMatcher | undefined;
  /** Kept as it is; nothing runs by itself, see `EventBus.fireSchedule`. */
  readonly schedule?: string | undefined;
  readonly targets: readonly EventTarget[];
  state: 'ENABLED' | 'DISABLED';
}

export interface EventTarget extends TargetInput {
  readonly id: string;
  readonly arn: string;
  readonly roleArn?: string | undefined;
  /** The queue for what could not be delivered. */
  readonly deadLetterArn?: string | undefined;
  /** Of 185 at most, and 185 when nothing is said ("Event retry policy"). */
  readonly retries: number;
  /** Of 24 hours at most, and 24 hours when nothing is said. */
  readonly retrySeconds: number;
}

/** The services that the local run delivers to. */
const TARGET_SERVICES = new Set(['lambda', 'states', 'sqs', 'sns']);

const RULE_FIELDS = ['Name', 'Description', 'EventPattern', 'ScheduleExpression', 'State', 'Targets', 'EventBusName'];
const TARGET_FIELDS = [
  ...['Id', 'Arn', 'RoleArn', 'Input', 'InputPath', 'InputTransformer', 'DeadLetterConfig', 'RetryPolicy'],
];

/**
 * A rule from its properties as CloudFormation has them, targets included. Throws InvalidEventPattern for its pattern
 * and AwsError for everything else that the local run does not know.
 */
export const readRule = (home: Home, rule: Request): EventRule => {
  refuseStrange('AWS::Events::Rule', rule, RULE_FIELDS);
  const bus = optionalText(rule, 'EventBusName') ?? 'default';
  if (bus !== 'default' && !bus.endsWith(':event-bus/default')) throw unknown(`the event bus ${bus}`);
  const name = text(rule, 'Name');
  const pattern = rule.EventPattern;
  const schedule = optionalText(rule, 'ScheduleExpression');
  if (pattern === undefined && schedule === undefined) throw unknown('a rule without pattern and schedule');
  return {
    name,
    arn: arnAt(home, 'events', `rule/${name}`),
    description: optionalText(rule, 'Description'),
    pattern,
    matches: pattern === undefined ? undefined : compilePattern(pattern),
    schedule,
    state: stateOf(rule),
    targets: (Array.isArray(rule.Targets) ? rule.Targets : []).map(readTarget),
  };
};

const unknown = (what: string): AwsError => new AwsError('ValidationException', `the local run does not know ${what}`);

const refuseStrange = (what: string, given: Request, known: readonly string[]): void => {
  const strange = Object.keys(given).filter((field) => given[field] !== undefined && !known.includes(field));
  if (strange.length > 0) throw unknown(`${strange.join(', ')} of ${what}`);
};

const stateOf = (rule: Request): 'ENABLED' | 'DISABLED' => {
  const state = optionalText(rule, 'State') ?? 'ENABLED';
  if (state === 'ENABLED' || state === 'DISABLED') return state;
  throw unknown(`the rule state ${state}`);
};

const readTarget = (target: unknown): EventTarget => {
  if (!isRecord(target)) throw unknown('a target that is not an object');
  refuseStrange('a target', target, TARGET_FIELDS);
  const arn = text(target, 'Arn');
  const service = arn.split(':')[2] ?? '';
  if (!TARGET_SERVICES.has(service)) throw unknown(`event targets such as ${arn}`);
  const policy = isRecord(target.RetryPolicy) ? target.RetryPolicy : {};
  const deadLetters = isRecord(target.DeadLetterConfig) ? optionalText(target.DeadLetterConfig, 'Arn') : undefined;
  return {
    id: text(target, 'Id'),
    arn,
    roleArn: optionalText(target, 'RoleArn'),
    Input: optionalText(target, 'Input'),
    InputPath: optionalText(target, 'InputPath'),
    InputTransformer: readTransformer(target.InputTransformer),
    deadLetterArn: deadLetters,
    retries: optionalCount(policy, 'MaximumRetryAttempts', { least: 0, most: 185 }) ?? 185,
    retrySeconds: optionalCount(policy, 'MaximumEventAgeInSeconds', { least: 60, most: 86_400 }) ?? 86_400,
  };
};

const readTransformer = (given: unknown): InputTransformer | undefined => {
  if (given === undefined) return undefined;
  if (!isRecord(given)) throw unknown('an InputTransformer that is not an object');
  const paths = isRecord(given.InputPathsMap) ? Object.entries(given.InputPathsMap) : [];
  return {
    InputTemplate: text(given, 'InputTemplate'),
    InputPathsMap: Object.fromEntries(paths.map(([name, path]) => [name, String(path)])),
  };
};

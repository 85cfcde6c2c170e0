import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from '@jest/globals';
import example from '../../config/example.ts';
import { type StageTemplate, templateOfStage } from './stage-template.ts';

interface Statement {
  readonly Effect: string;
  readonly Action: string | readonly string[];
  readonly Resource: unknown;
  readonly Principal?: unknown;
  readonly Condition?: unknown;
}

type Rights = Readonly<Record<string, readonly string[]>>;

const list = <T>(value: T | readonly T[]): readonly T[] => (Array.isArray(value) ? value : [value as T]);

/** A logical id without the construct's path before it and the hash behind it. */
const shortName = (id: string): string =>
  id.replace(/^Automation(KeyRollout)?(Functions)?/, '').replace(/[0-9A-F]{8}$/, '');

/** A resource as a person would write it: `{Name}` for what the stack makes. */
const shown = (resource: unknown): string => {
  if (typeof resource === 'string') return resource;
  const { Ref, ...rest } = resource as Readonly<Record<string, unknown>>;
  if (typeof Ref === 'string') return `{${shortName(Ref)}}`;
  const { 'Fn::GetAtt': attribute, 'Fn::Join': joined, 'Fn::Select': selected, 'Fn::Split': split } = rest;
  if (Array.isArray(attribute)) return `{${shortName(String(attribute[0]))}}`;
  if (Array.isArray(joined)) return (joined[1] as readonly unknown[]).map(shown).join(String(joined[0]));
  // Name of a machine, cut out of its ARN.
  if (Array.isArray(selected)) return shown(selected[1]);
  if (Array.isArray(split)) return shown(split[1]);
  throw new Error(`a resource of an unknown form: ${JSON.stringify(resource)}`);
};

const statementsOf = (document: unknown): readonly Statement[] =>
  list((document as { readonly Statement: Statement | readonly Statement[] }).Statement);

/** Each right of a policy as a line. */
const linesOf = (document: unknown): readonly string[] =>
  statementsOf(document).flatMap(({ Effect, Action, Resource, Condition }) => {
    const where = Condition === undefined ? '' : ' with a condition';
    return list(Action).flatMap((action) =>
      list(Resource).map((resource) => `${Effect} ${action} on ${shown(resource)}${where}`),
    );
  });

/** Who may do what: `action on resource` by role, over all policies. */
const rightsIn = (template: StageTemplate): Rights => {
  const held = template.ofType('AWS::IAM::Policy').flatMap(({ properties }) => {
    const lines = linesOf(properties.PolicyDocument);
    return (properties.Roles as readonly { readonly Ref: string }[]).map(({ Ref }) => ({
      role: shortName(Ref),
      lines,
    }));
  });
  const byRole = Object.groupBy(held, ({ role }) => role);
  return Object.fromEntries(
    Object.entries(byRole).map(([role, of = []]) => [role, of.flatMap(({ lines }) => lines).toSorted()]),
  );
};

const allow = (actions: readonly string[], resource: string): readonly string[] =>
  actions.map((action) => `Allow ${action} on ${resource}`);

const TRACE = allow(['xray:PutTelemetryRecords', 'xray:PutTraceSegments'], '*');
const SECRET = allow(
  ['secretsmanager:GetSecretValue'],
  'arn:aws:secretsmanager:us-west-2:111122223333:secret:databricks/security-automation-??????',
);
const READ_KEY = ['kms:DescribeKey', 'kms:GetKeyPolicy', 'kms:ListKeyRotations'];
const ANY_KEY = 'arn:aws:kms:us-west-2:111122223333:key/*';
const WITHOUT_POLICY = ['kms:DescribeKey', 'kms:ListKeyRotations'];
const state = (...actions: readonly string[]) =>
  allow(
    actions.map((action) => `dynamodb:${action}`),
    '{TablesState}',
  );
const EXECUTIONS = 'arn:aws:states:us-west-2:111122223333:execution:{MachineStateMachine}';
const STEPS = [
  ...['Plan', 'Register', 'TakeLease', 'StopCompute', 'Patch', 'CheckKey', 'RestartCompute', 'ReleaseLease'],
  'Summarize',
];

/** Its own log group and traces, and what its step needs. */
const fn = (name: string, ...rights: readonly (readonly string[])[]): Rights => ({
  [`${name}Role`]: [
    ...allow(['logs:CreateLogStream', 'logs:PutLogEvents'], `{${name}Logs}`),
    ...TRACE,
    ...rights.flat(),
  ].toSorted(),
});

const EXPECTED: Rights = {
  ...fn('Plan', SECRET, allow(READ_KEY, ANY_KEY), state('Query')),
  ...fn('Register', SECRET, allow(WITHOUT_POLICY, ANY_KEY), state('DeleteItem', 'GetItem', 'PutItem', 'Query')),
  ...fn('TakeLease', state('GetItem', 'PutItem')),
  ...fn('StopCompute', SECRET, state('GetItem', 'PutItem')),
  ...fn('Patch', SECRET),
  ...fn('CheckKey', SECRET, state('GetItem', 'PutItem')),
  ...fn('RestartCompute', SECRET, state('DeleteItem', 'GetItem', 'PutItem')),
  ...fn('ReleaseLease', state('DeleteItem')),
  ...fn('Summarize', allow(['dynamodb:PutItem'], '{TablesEvidence}')),
  ...fn(
    'FrontDoor',
    allow(WITHOUT_POLICY, ANY_KEY),
    allow(['states:StartExecution'], '{MachineStateMachine}'),
    allow(['states:DescribeExecution'], `${EXECUTIONS}:*`),
    allow(['sqs:GetQueueAttributes', 'sqs:GetQueueUrl', 'sqs:SendMessage'], '{EventsDeadLetters}'),
  ),
  MachineStateMachineRole: [
    ...STEPS.flatMap((step) => allow(['lambda:InvokeFunction'], `{${step}Function}`)),
    ...STEPS.flatMap((step) => allow(['lambda:InvokeFunction'], `{${step}Function}:*`)),
    ...allow(['sns:Publish'], '{NotificationsTopic}'),
    ...allow(['states:StartExecution'], '{MachineStateMachine}'),
    ...allow(['states:DescribeExecution', 'states:StopExecution'], `${EXECUTIONS}:*`),
    ...allow(['states:RedriveExecution'], `${EXECUTIONS}/Workspace:*`),
    ...allow(
      [
        ...['logs:CreateLogDelivery', 'logs:DeleteLogDelivery', 'logs:DescribeLogGroups'],
        ...['logs:DescribeResourcePolicies', 'logs:GetLogDelivery', 'logs:ListLogDeliveries'],
        ...['logs:PutResourcePolicy', 'logs:UpdateLogDelivery', 'xray:GetSamplingRules', 'xray:GetSamplingTargets'],
      ],
      '*',
    ),
    ...TRACE,
  ].toSorted(),
};

const folder = mkdtempSync(join(tmpdir(), 'security-'));
afterAll(() => rmSync(folder, { recursive: true }));

const template = templateOfStage(join(folder, 'example'));
const rights = rightsIn(template);
const granted = Object.values(rights).flat();

describe('who may do what', () => {
  test('is exactly this, role by role', () => {
    expect(Object.keys(rights).toSorted()).toEqual(Object.keys(EXPECTED).toSorted());
    for (const [role, held] of Object.entries(EXPECTED)) expect({ role, held: rights[role] }).toEqual({ role, held });
  });

  test('comes from these policies alone: no managed policy, no policy inside a role, no user, no group', () => {
    for (const { properties } of template.ofType('AWS::IAM::Role')) {
      expect(properties.ManagedPolicyArns).toBeUndefined();
      expect(properties.Policies).toBeUndefined();
    }
    const identities = template.resources.filter(({ type }) => type.startsWith('AWS::IAM::')).map(({ type }) => type);
    expect(new Set(identities)).toEqual(new Set(['AWS::IAM::Role', 'AWS::IAM::Policy']));
  });

  test('is never a whole service, and never the use or the change of a key', () => {
    expect(granted.filter((right) => /^Allow \S*\*/.test(right))).toEqual([]);
    expect(
      granted.filter((right) => right.includes(' kms:') && !READ_KEY.some((read) => right.includes(`${read} `))),
    ).toEqual([]);
  });

  test('nobody reads, changes or deletes evidence', () => {
    expect(granted.filter((right) => right.includes('{TablesEvidence}'))).toEqual([
      'Allow dynamodb:PutItem on {TablesEvidence}',
    ]);
  });

  test('keys bound by ARN are named one by one', () => {
    const key = 'arn:aws:kms:us-west-2:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab';
    const narrow = rightsIn(
      templateOfStage(join(folder, 'by-arn'), {
        ...example,
        keyBindings: { one: { key, useCases: ['STORAGE'], workspaces: 'using-key' } },
      }),
    );

    const keyRights = (role: string) => narrow[role]?.filter((right) => right.includes(' kms:'));
    expect(keyRights('PlanRole')).toEqual(allow(READ_KEY, key));
    for (const role of ['RegisterRole', 'FrontDoorRole']) expect(keyRights(role)).toEqual(allow(WITHOUT_POLICY, key));
  });

  test('a secret given by ARN is named as it is', () => {
    const credentialSecret = 'arn:aws:secretsmanager:us-west-2:111122223333:secret:databricks/automation-AbCdEf';
    const stage = { ...example, databricks: { ...example.databricks, credentialSecret } };
    const named = rightsIn(templateOfStage(join(folder, 'secret-arn'), stage));

    expect(named.PatchRole?.filter((right) => right.includes('secretsmanager'))).toEqual(
      allow(['secretsmanager:GetSecretValue'], credentialSecret),
    );
  });
});

describe('who is let in', () => {
  test('only Lambda takes a role of a function, and only Step Functions of this account the machine role', () => {
    for (const { id, properties } of template.ofType('AWS::IAM::Role')) {
      const machine = shortName(id) === 'MachineStateMachineRole';
      expect(statementsOf(properties.AssumeRolePolicyDocument)).toEqual([
        {
          Effect: 'Allow',
          Action: 'sts:AssumeRole',
          Principal: { Service: machine ? 'states.amazonaws.com' : 'lambda.amazonaws.com' },
          ...(machine && {
            Condition: {
              ArnLike: { 'aws:SourceArn': 'arn:aws:states:us-west-2:111122223333:stateMachine:*' },
              StringEquals: { 'aws:SourceAccount': '111122223333' },
            },
          }),
        },
      ]);
    }
  });

  test('only rules of this stack call a function, and only the front door', () => {
    const rules = template.ofType('AWS::Events::Rule').map(({ id }) => id);
    const frontDoor = template.one('AutomationKeyRolloutFrontDoor', 'AWS::Lambda::Function').id;
    const permissions = template.ofType('AWS::Lambda::Permission').map(({ properties }) => properties);

    expect(permissions).toEqual(
      rules.map((rule) => ({
        Action: 'lambda:InvokeFunction',
        FunctionName: { 'Fn::GetAtt': [frontDoor, 'Arn'] },
        Principal: 'events.amazonaws.com',
        SourceArn: { 'Fn::GetAtt': [rule, 'Arn'] },
      })),
    );
  });

  test('queue and topic refuse plain text, and only rules of this stack put events into the queue', () => {
    const of = (type: string) =>
      template.ofType(type).flatMap(({ properties }) => statementsOf(properties.PolicyDocument));
    const insecure = { Bool: { 'aws:SecureTransport': 'false' } };
    const rules = template.ofType('AWS::Events::Rule').map(({ id }) => id);

    expect(of('AWS::SNS::TopicPolicy')).toMatchObject([{ Effect: 'Deny', Principal: '*', Condition: insecure }]);
    expect(of('AWS::SQS::QueuePolicy')).toMatchObject([
      { Effect: 'Deny', Principal: { AWS: '*' }, Condition: insecure },
      ...rules.map((rule) => ({
        Effect: 'Allow',
        Action: 'sqs:SendMessage',
        Principal: { Service: 'events.amazonaws.com' },
        Condition: { ArnEquals: { 'aws:SourceArn': { 'Fn::GetAtt': [rule, 'Arn'] } } },
      })),
    ]);
  });
});

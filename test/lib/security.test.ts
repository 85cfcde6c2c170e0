import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from '@jest/globals';
import example from '../../config/example.ts';
import { ROUTES } from '../../lambda/contract/api-routes.ts';
import type { SecretBindingConfig, StageConfig } from '../../lib/config/stage-config.ts';
import { type Rights, rightsIn, shortName, shown, statementsOf } from './rights.ts';
import { readTemplate, templateOfStage } from './stage-template.ts';

const allow = (actions: readonly string[], resource: string): readonly string[] =>
  actions.map((action) => `Allow ${action} on ${resource}`);

const TRACE = allow(['xray:PutTelemetryRecords', 'xray:PutTraceSegments'], '*');
const SECRET = allow(
  ['secretsmanager:GetSecretValue'],
  'arn:aws:secretsmanager:us-west-2:111122223333:secret:databricks/security-automation-??????',
);
const READ_KEY = ['kms:DescribeKey', 'kms:GetKeyPolicy', 'kms:ListKeyRotations'];
const LOOK_AT_KEY = [...READ_KEY, 'kms:GetKeyLastUsage'];
const ANY_KEY = 'arn:aws:kms:us-west-2:111122223333:key/*';
const WITHOUT_POLICY = ['kms:DescribeKey', 'kms:ListKeyRotations'];
const state = (...actions: readonly string[]) =>
  allow(
    actions.map((action) => `dynamodb:${action}`),
    '{TablesState}',
  );
const executions = (machine: string) => `arn:aws:states:us-west-2:111122223333:execution:{${machine}StateMachine}`;

/** Its own log group and traces, and what its step needs. */
const fn = (name: string, ...rights: readonly (readonly string[])[]): Rights => ({
  [`${name}Role`]: [
    ...allow(['logs:CreateLogStream', 'logs:PutLogEvents'], `{${name}Logs}`),
    ...TRACE,
    ...rights.flat(),
  ].toSorted(),
});
const frontDoor = (capability: string, ...rights: readonly (readonly string[])[]): Rights =>
  fn(
    `${capability}FrontDoor`,
    ...rights,
    allow(['states:StartExecution'], `{${capability}MachineStateMachine}`),
    allow(['states:DescribeExecution'], `${executions(`${capability}Machine`)}:*`),
    allow(['sqs:GetQueueAttributes', 'sqs:GetQueueUrl', 'sqs:SendMessage'], `{${capability}EventsDeadLetters}`),
  );

/** The executions that a machine's own map starts. */
const childrenOf = (name: string, label: string): readonly string[] => [
  ...allow(['states:StartExecution'], `{${name}StateMachine}`),
  ...allow(['states:DescribeExecution', 'states:StopExecution'], `${executions(name)}:*`),
  ...allow(['states:RedriveExecution'], `${executions(name)}/${label}:*`),
];

/** It starts the secret sync and waits for it; Step Functions tells it of the end through a rule that AWS names. */
const WAITS_FOR_SYNC = [
  ...allow(['states:StartExecution'], '{SecretSyncMachineStateMachine}'),
  ...allow(['states:DescribeExecution', 'states:StopExecution'], `${executions('SecretSyncMachine')}*`),
  ...allow(
    ['events:DescribeRule', 'events:PutRule', 'events:PutTargets'],
    'arn:aws:events:us-west-2:111122223333:rule/StepFunctionsGetEventsForStepFunctionsExecutionRule',
  ),
];

const LOG_DELIVERY = allow(
  [
    ...['logs:CreateLogDelivery', 'logs:DeleteLogDelivery', 'logs:DescribeLogGroups'],
    ...['logs:DescribeResourcePolicies', 'logs:GetLogDelivery', 'logs:ListLogDeliveries'],
    ...['logs:PutResourcePolicy', 'logs:UpdateLogDelivery', 'xray:GetSamplingRules', 'xray:GetSamplingTargets'],
  ],
  '*',
);

/** Capabilities with a front door, a queue and rules of their own. */
const DOORS = ['KeyRollout', 'KeyWatch', 'ComputeCare', 'SecretSync'];

/** A schedule runs the front door of its capability. */
const schedule = (capability: string, name: string): Rights => ({
  [`${capability}${name}Role`]: [
    ...allow(['lambda:InvokeFunction'], `{${capability}FrontDoorFunction}`),
    ...allow(['lambda:InvokeFunction'], `{${capability}FrontDoorFunction}:*`),
    ...allow(['sqs:SendMessage'], `{${capability}EventsDeadLetters}`),
  ],
});

/** Its steps and its own map's executions, the topic, its log and traces. */
const machine = (
  capability: string,
  { steps, label }: { readonly steps: readonly string[]; readonly label?: string },
  ...rights: readonly (readonly string[])[]
): Rights => ({
  [`${capability}MachineStateMachineRole`]: [
    ...steps.flatMap((step) => allow(['lambda:InvokeFunction'], `{${capability}${step}Function}`)),
    ...steps.flatMap((step) => allow(['lambda:InvokeFunction'], `{${capability}${step}Function}:*`)),
    ...allow(['sns:Publish'], '{NotificationsTopic}'),
    ...(label === undefined ? [] : childrenOf(`${capability}Machine`, label)),
    ...LOG_DELIVERY,
    ...TRACE,
    ...rights.flat(),
  ].toSorted(),
});

const secretArn = (name: string): string => `arn:aws:secretsmanager:us-west-2:111122223333:secret:${name}`;
const LIST = allow(['secretsmanager:ListSecrets'], '*');
const DESCRIBE_ANY = allow(['secretsmanager:DescribeSecret'], secretArn('*'));
const SYNC_STATE = state('DeleteItem', 'GetItem', 'PutItem', 'Query');
const READ_SECRETS = [
  ...allow(['secretsmanager:BatchGetSecretValue'], '*'),
  ...[
    secretArn('prod/etl/*'),
    `${secretArn('*')} if {"StringEquals":{"secretsmanager:ResourceTag/databricks":"shared"}}`,
    `${secretArn('teams/*')} if {"Null":{"secretsmanager:ResourceTag/databricks:scope":"false"}}`,
  ].map((secret) => `Allow secretsmanager:GetSecretValue on ${secret}`),
];

/** To start operations of one machine, and to look at them. */
const operationsOf = (name: string) => [
  allow(['states:ListExecutions', 'states:StartExecution'], `{${name}StateMachine}`),
  allow(['states:DescribeExecution', 'states:GetExecutionHistory'], `${executions(name)}:*`),
  allow(['states:DescribeExecution', 'states:GetExecutionHistory'], `${executions(name)}/*`),
  allow(['states:ListMapRuns'], `${executions(name)}:*`),
  allow(['states:DescribeMapRun', 'states:ListExecutions'], `${executions(name).replace(':execution:', ':mapRun:')}/*`),
];

const EXPECTED: Rights = {
  ...fn('KeyRolloutPlan', SECRET, allow(READ_KEY, ANY_KEY), state('Query')),
  ...fn(
    'KeyRolloutRegister',
    SECRET,
    allow(WITHOUT_POLICY, ANY_KEY),
    state('DeleteItem', 'GetItem', 'PutItem', 'Query'),
  ),
  ...fn('KeyRolloutTakeLease', state('DeleteItem', 'GetItem', 'PutItem')),
  ...fn('KeyRolloutStopCompute', SECRET, state('GetItem', 'PutItem')),
  ...fn('KeyRolloutPatch', SECRET, state('DeleteItem', 'GetItem', 'PutItem')),
  ...fn('KeyRolloutCheckKey', SECRET, state('DeleteItem', 'GetItem', 'PutItem', 'Query')),
  ...fn('KeyRolloutRestartCompute', SECRET, state('DeleteItem', 'GetItem', 'PutItem')),
  ...fn('KeyRolloutReleaseLease', state('DeleteItem')),
  ...fn('KeyRolloutSummarize', allow(['dynamodb:PutItem'], '{TablesEvidence}')),
  ...frontDoor(
    'KeyRollout',
    allow(WITHOUT_POLICY, ANY_KEY),
    // Looks for rollouts of the same binding before the schedule starts another.
    allow(['states:ListExecutions'], '{KeyRolloutMachineStateMachine}'),
  ),
  ...machine(
    'KeyRollout',
    {
      steps: [
        ...['Plan', 'Register', 'TakeLease', 'StopCompute', 'Patch', 'CheckKey', 'RestartCompute', 'ReleaseLease'],
        'Summarize',
      ],
      label: 'Workspace',
    },
    WAITS_FOR_SYNC,
  ),
  ...fn(
    'KeyWatchFrontDoor',
    SECRET,
    allow(LOOK_AT_KEY, ANY_KEY),
    state('DeleteItem', 'PutItem', 'Query'),
    allow(['sns:Publish'], '{NotificationsTopic}'),
    allow(
      ['events:PutEvents'],
      'arn:aws:events:us-west-2:111122223333:event-bus/default if {"StringEquals":{"events:source":"databricks-security-automation"}}',
    ),
    allow(['sqs:GetQueueAttributes', 'sqs:GetQueueUrl', 'sqs:SendMessage'], '{KeyWatchEventsDeadLetters}'),
  ),
  ...fn(
    'ComputeCareFrontDoor',
    SECRET,
    state('DeleteItem', 'GetItem', 'PutItem', 'Query'),
    allow(['sns:Publish'], '{NotificationsTopic}'),
    allow(['states:StartExecution'], '{KeyRolloutMachineStateMachine}'),
    allow(['states:DescribeExecution', 'states:GetExecutionHistory'], `${executions('KeyRolloutMachine')}:*`),
    allow(['sqs:GetQueueAttributes', 'sqs:GetQueueUrl', 'sqs:SendMessage'], '{ComputeCareEventsDeadLetters}'),
  ),
  ...fn('SecretSyncPlan', SECRET, LIST, DESCRIBE_ANY, SYNC_STATE),
  ...fn('SecretSyncSyncScope', SECRET, LIST, DESCRIBE_ANY, SYNC_STATE, READ_SECRETS),
  ...fn('SecretSyncSummarize', state('DeleteItem'), allow(['dynamodb:PutItem'], '{TablesEvidence}')),
  ...frontDoor('SecretSync', DESCRIBE_ANY),
  ...machine('SecretSync', { steps: ['Plan', 'SyncScope', 'Summarize'], label: 'Scope' }),
  ...fn('WorkspaceProvisioningPlan', SECRET, allow(['kms:DescribeKey', 'kms:GetKeyPolicy'], ANY_KEY)),
  ...fn('WorkspaceProvisioningEnsure', SECRET, allow(WITHOUT_POLICY, ANY_KEY), SYNC_STATE),
  ...fn('WorkspaceProvisioningCreate', SECRET, state('GetItem', 'PutItem')),
  ...fn('WorkspaceProvisioningCheck', SECRET, state('DeleteItem', 'GetItem', 'PutItem')),
  ...fn('WorkspaceProvisioningRepair', SECRET, allow(WITHOUT_POLICY, ANY_KEY), SYNC_STATE),
  ...fn('WorkspaceProvisioningRemove', SECRET, state('GetItem', 'PutItem')),
  ...fn('WorkspaceProvisioningSummarize', state('DeleteItem'), allow(['dynamodb:PutItem'], '{TablesEvidence}')),
  ...machine(
    'WorkspaceProvisioning',
    { steps: ['Plan', 'Ensure', 'Create', 'Check', 'Repair', 'Remove', 'Summarize'] },
    WAITS_FOR_SYNC,
  ),
  ...fn('ApiKeys', SECRET, allow(READ_KEY, ANY_KEY), SYNC_STATE),
  ...fn(
    'ApiOperations',
    state('GetItem', 'PutItem'),
    ...['KeyRolloutMachine', 'SecretSyncMachine', 'WorkspaceProvisioningMachine'].flatMap((name) => [
      ...operationsOf(name),
      allow(['states:StopExecution'], `${executions(name)}:*`),
    ]),
  ),
  ...fn(
    'ApiWorkspaces',
    SECRET,
    state('GetItem', 'Query'),
    ...operationsOf('KeyRolloutMachine'),
    ...operationsOf('WorkspaceProvisioningMachine'),
  ),
  ...fn('ApiMeta', SECRET, state('GetItem')),
  ReplayMachineStateMachineRole: [
    ...DOORS.flatMap((door) => allow(['lambda:InvokeFunction'], `{${door}FrontDoorFunction}`)),
    ...DOORS.flatMap((door) => allow(['lambda:InvokeFunction'], `{${door}FrontDoorFunction}:*`)),
    ...DOORS.flatMap((door) => allow(['sqs:DeleteMessage', 'sqs:ReceiveMessage'], `{${door}EventsDeadLetters}`)),
    ...LOG_DELIVERY,
    ...TRACE,
  ].toSorted(),
  ...schedule('KeyRollout', 'Reconciliation'),
  ...schedule('ComputeCare', 'Sweep'),
  ...schedule('KeyWatch', 'Schedule'),
  SecretSyncScheduleRole: [
    ...allow(['sqs:SendMessage'], '{SecretSyncEventsDeadLetters}'),
    ...allow(['states:StartExecution'], '{SecretSyncMachineStateMachine}'),
  ],
};

/** API Gateway writes access logs through it. */
const LOG_ROLE = 'ApiRestApiCloudWatchRole';

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

  test('comes from these policies alone, but for the logs of API Gateway: no policy inside a role, no user, no group', () => {
    for (const { id, properties } of template.ofType('AWS::IAM::Role')) {
      if (shortName(id) !== LOG_ROLE) expect(properties.ManagedPolicyArns).toBeUndefined();
      expect(properties.Policies).toBeUndefined();
    }
    const identities = template.resources.filter(({ type }) => type.startsWith('AWS::IAM::')).map(({ type }) => type);
    expect(new Set(identities)).toEqual(new Set(['AWS::IAM::Role', 'AWS::IAM::Policy']));
  });

  test('comes from nothing else in the stack: each of these types was looked at for a way in', () => {
    const types = new Set(template.resources.map(({ type }) => type.replace(/^AWS::/, '')));

    expect([...types].toSorted()).toEqual([
      ...['Account', 'Deployment', 'GatewayResponse', 'Method', 'Model', 'RequestValidator', 'Resource', 'RestApi'].map(
        (name) => `ApiGateway::${name}`,
      ),
      ...[
        'ApiGateway::Stage',
        'CloudWatch::Alarm',
        'DynamoDB::GlobalTable',
        'Events::Rule',
        'IAM::Policy',
        'IAM::Role',
      ],
      ...['Lambda::EventInvokeConfig', 'Lambda::Function', 'Lambda::Permission', 'Logs::LogGroup', 'SNS::Subscription'],
      ...['SNS::Topic', 'SNS::TopicPolicy', 'SQS::Queue', 'SQS::QueuePolicy', 'Scheduler::Schedule'],
      'StepFunctions::StateMachine',
    ]);
    const all = JSON.stringify(template.resources);
    expect(all).not.toMatch(
      /"(ResourcePolicy|ResourcePolicyDocument|DataProtectionPolicy|KinesisStreamSpecification)"/,
    );
  });

  test.each([
    ['all but some actions', { NotAction: 'iam:*', Action: undefined }, {}, 'a right with NotAction'],
    ['all but some resources', { NotResource: 'x', Resource: 'y' }, {}, 'a right with NotResource'],
    ['a right of a user', {}, { Users: ['somebody'] }, 'a policy with Users'],
    ['a right of a group', {}, { Groups: ['everybody'] }, 'a policy with Groups'],
  ])('cannot hide in %s', (_what, statement, policy, message) => {
    const PolicyDocument = { Statement: { Effect: 'Allow', Action: 'a:b', Resource: 'c', ...statement } };
    const properties = { PolicyDocument, PolicyName: 'one', Roles: [{ Ref: 'one' }], ...policy };
    const widened = readTemplate({ Resources: { one: { Type: 'AWS::IAM::Policy', Properties: properties } } });
    expect(() => rightsIn(widened)).toThrow(message);
  });

  test('is never a whole service, and never the use or the change of a key', () => {
    expect(granted.filter((right) => /^Allow \S*\*/.test(right))).toEqual([]);
    expect(
      granted.filter((right) => right.includes(' kms:') && !LOOK_AT_KEY.some((read) => right.includes(`${read} `))),
    ).toEqual([]);
  });

  test('of a key changes it only where a binding asks for it, and then only to take back its deletion', () => {
    const key = 'arn:aws:kms:us-west-2:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab';
    const one = { useCases: ['MANAGED_SERVICES'], workspaces: 'using-key', protect: 'cancel-deletion' } as const;
    const changing = (name: string, keyBindings: StageConfig['keyBindings']) =>
      rightsIn(
        templateOfStage(join(folder, name), { ...example, keyBindings: keyBindings ?? {} }),
      ).KeyWatchFrontDoorRole?.filter(
        (right) => right.includes(' kms:') && !LOOK_AT_KEY.some((read) => right.includes(`${read} `)),
      );
    const both = (where: string) => allow(['kms:CancelKeyDeletion', 'kms:EnableKey'], where);
    const tagged = `${ANY_KEY} if {"StringEquals":{"aws:ResourceTag/databricks:protect":"cancel-deletion"}}`;

    expect(changing('protect-arn', { one: { ...one, key } })?.toSorted()).toEqual(
      [...both(key), ...both(tagged)].toSorted(),
    );
    expect(
      changing('protect-alias', {
        one: { ...one, key: 'alias/one' },
        two: { ...one, key: 'alias/two', protect: 'alert' },
      })?.toSorted(),
    ).toEqual(
      [
        ...both(`${ANY_KEY} if {"ForAnyValue:StringEquals":{"kms:ResourceAliases":["alias/one"]}}`),
        ...both(tagged),
      ].toSorted(),
    );
  });

  test('nobody reads, changes or deletes evidence', () => {
    expect(granted.filter((right) => right.includes('{TablesEvidence}'))).toEqual([
      'Allow dynamodb:PutItem on {TablesEvidence}',
      'Allow dynamodb:PutItem on {TablesEvidence}',
      'Allow dynamodb:PutItem on {TablesEvidence}',
    ]);
  });

  test('keys bound by ARN are named one by one, unless the API may be asked for any', () => {
    const key = 'arn:aws:kms:us-west-2:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab';
    const narrow = rightsIn(
      templateOfStage(join(folder, 'by-arn'), {
        ...example,
        api: 'off',
        keyBindings: { one: { key, useCases: ['STORAGE'], workspaces: 'using-key' } },
      }),
    );

    const keyRights = (role: string) => narrow[role]?.filter((right) => right.includes(' kms:'));
    expect(keyRights('KeyRolloutPlanRole')).toEqual(allow(READ_KEY, key));
    for (const role of ['KeyRolloutRegisterRole', 'KeyRolloutFrontDoorRole'])
      expect(keyRights(role)).toEqual(allow(WITHOUT_POLICY, key));
  });

  test('a secret given by ARN is named as it is', () => {
    const credentialSecret = 'arn:aws:secretsmanager:us-west-2:111122223333:secret:databricks/automation-AbCdEf';
    const stage = { ...example, databricks: { ...example.databricks, credentialSecret } };
    const named = rightsIn(templateOfStage(join(folder, 'secret-arn'), stage));

    expect(named.KeyRolloutPatchRole?.filter((right) => right.includes('secretsmanager'))).toEqual(
      allow(['secretsmanager:GetSecretValue'], credentialSecret),
    );
  });
});

describe('who reads secrets', () => {
  const ONE = 'prod/one-AbCdEf';
  const only = (name: string, binding: Pick<SecretBindingConfig, 'secrets' | 'decryptWith'>) => {
    const one = { workspaces: 'all', scopes: ['one'], ...binding } as const;
    const held = rightsIn(templateOfStage(join(folder, name), { ...example, secretBindings: { one } }));
    return (role: string, action: string) => held[`SecretSync${role}Role`]?.filter((right) => right.includes(action));
  };
  const OWN = SECRET[0] as string;

  test('only one function reads values; the front door and the summary read none', () => {
    const readers = Object.entries(rights).filter(([, held]) =>
      held.some((right) => /GetSecretValue/.test(right) && right !== OWN),
    );

    expect(readers.map(([role]) => role)).toEqual(['SecretSyncSyncScopeRole']);
    for (const role of ['SecretSyncFrontDoorRole', 'SecretSyncSummarizeRole', 'KeyRolloutFrontDoorRole'])
      expect(rights[role]?.filter((right) => right.includes('GetSecretValue'))).toEqual([]);
  });

  test('a secret bound by ARN is the only one', () => {
    const of = only('secret-by-arn', { secrets: { include: [{ arn: secretArn(ONE) }] } });

    expect(of('SyncScope', ':GetSecretValue')).toEqual([
      OWN,
      ...allow(['secretsmanager:GetSecretValue'], secretArn(ONE)),
    ]);
    for (const role of ['Plan', 'SyncScope'])
      expect(of(role, 'DescribeSecret')).toEqual(allow(['secretsmanager:DescribeSecret'], secretArn(ONE)));
    expect(of('FrontDoor', 'secretsmanager')).toEqual([]);
  });

  test('a prefix reaches the names that begin with it', () => {
    const of = only('secret-by-prefix', { secrets: { include: [{ namePrefix: 'prod/' }] } });

    expect(of('SyncScope', ':GetSecretValue')).toContain(
      `Allow secretsmanager:GetSecretValue on ${secretArn('prod/*')}`,
    );
    expect(of('Plan', 'DescribeSecret')).toEqual(allow(['secretsmanager:DescribeSecret'], secretArn('prod/*')));
    expect(of('FrontDoor', 'secretsmanager')).toEqual([]);
  });

  test('tags under a prefix give values only with the tag, and metadata without it', () => {
    const of = only('secret-tagged', { secrets: { taggedUnder: ['teams/'] } });

    expect(of('SyncScope', ':GetSecretValue')).toEqual([
      OWN,
      `Allow secretsmanager:GetSecretValue on ${secretArn('teams/*')} if {"Null":{"secretsmanager:ResourceTag/databricks:scope":"false"}}`,
    ]);
    expect(of('SyncScope', 'DescribeSecret')).toEqual(allow(['secretsmanager:DescribeSecret'], secretArn('teams/*')));
    expect(of('FrontDoor', 'secretsmanager')).toEqual([]);
  });

  test('a customer-managed key decrypts for one function, through Secrets Manager alone', () => {
    const key = 'arn:aws:kms:us-west-2:111122223333:key/1234';
    const of = only('secret-key', { secrets: { include: [{ namePrefix: 'prod/' }] }, decryptWith: [key] });

    expect(of('SyncScope', ' kms:')).toEqual([
      `Allow kms:Decrypt on ${key} if {"StringEquals":{"kms:ViaService":"secretsmanager.us-west-2.amazonaws.com"}}`,
    ]);
    for (const role of ['Plan', 'Summarize', 'FrontDoor']) expect(of(role, ' kms:')).toEqual([]);
  });
});

describe('who is let in', () => {
  const account = { 'aws:SourceAccount': '111122223333' };
  const MACHINE = {
    Principal: { Service: 'states.amazonaws.com' },
    Condition: {
      ArnLike: { 'aws:SourceArn': 'arn:aws:states:us-west-2:111122223333:stateMachine:*' },
      StringEquals: account,
    },
  };
  const SCHEDULE = {
    Principal: { Service: 'scheduler.amazonaws.com' },
    Condition: {
      StringEquals: {
        ...account,
        'aws:SourceArn': 'arn:aws:scheduler:us-west-2:111122223333:schedule-group/default',
      },
    },
  };
  const OTHERS = new Map<string, object>([
    ['KeyRolloutMachineStateMachineRole', MACHINE],
    ['SecretSyncMachineStateMachineRole', MACHINE],
    ['WorkspaceProvisioningMachineStateMachineRole', MACHINE],
    ['ReplayMachineStateMachineRole', MACHINE],
    ...['SecretSyncSchedule', 'KeyWatchSchedule', 'KeyRolloutReconciliation', 'ComputeCareSweep'].map(
      (name) => [`${name}Role`, SCHEDULE] as const,
    ),
    [LOG_ROLE, { Principal: { Service: 'apigateway.amazonaws.com' } }],
  ]);

  test('only Lambda takes a role of a function, and only Step Functions and Scheduler of this account the others', () => {
    const roles = template.ofType('AWS::IAM::Role');

    expect(roles).toHaveLength(Object.keys(EXPECTED).length + 1);
    for (const { id, properties } of roles)
      expect(statementsOf(properties.AssumeRolePolicyDocument)).toEqual([
        {
          Effect: 'Allow',
          Action: 'sts:AssumeRole',
          ...(OTHERS.get(shortName(id)) ?? { Principal: { Service: 'lambda.amazonaws.com' } }),
        },
      ]);
  });

  const idsOf = (start: string): readonly string[] =>
    template
      .ofType('AWS::Events::Rule')
      .map(({ id }) => id)
      .filter((id) => id.startsWith(start));

  test('only rules of this stack call the front door of their capability, and only its API calls the others', () => {
    const permissions = template.ofType('AWS::Lambda::Permission').map(({ properties }) => properties);

    const calls = DOORS.map((door) => `Automation${door}`).flatMap((capability) => {
      const { id } = template.one(`${capability}FrontDoor`, 'AWS::Lambda::Function');
      return idsOf(capability).map((rule) => ({
        Action: 'lambda:InvokeFunction',
        FunctionName: { 'Fn::GetAtt': [id, 'Arn'] },
        Principal: 'events.amazonaws.com',
        SourceArn: { 'Fn::GetAtt': [rule, 'Arn'] },
      }));
    });
    expect(calls).toHaveLength(7);
    expect(permissions.filter(({ Principal }) => Principal !== 'apigateway.amazonaws.com')).toHaveLength(7);
    expect(permissions).toEqual(expect.arrayContaining(calls));
    const byApi = permissions.filter(({ Principal }) => Principal === 'apigateway.amazonaws.com');
    expect(byApi).toHaveLength(ROUTES.length);
    for (const { FunctionName, SourceArn } of byApi) {
      expect(shown(FunctionName)).toMatch(/^\{Api(Keys|Operations|Workspaces|Meta)Function\}$/);
      expect(shown(SourceArn)).toMatch(
        /^arn:aws:execute-api:us-west-2:111122223333:\{ApiRestApi\}\/\{ApiRestApiDeploymentStageapi\}\/(GET|POST|PATCH|DELETE)\/v1\//,
      );
    }
  });

  test('every call of the API is signed, and nobody of another account is let in', () => {
    for (const { properties } of template.ofType('AWS::ApiGateway::Method')) {
      expect(properties.AuthorizationType).toBe('AWS_IAM');
    }
    expect(template.one('AutomationApiRestApi', 'AWS::ApiGateway::RestApi').properties.Policy).toBeUndefined();
  });

  test('queues and topic refuse plain text, and only rules of their capability put events into a queue', () => {
    const of = (start: string, type: string) => statementsOf(template.one(start, type).properties.PolicyDocument);
    const insecure = { Bool: { 'aws:SecureTransport': 'false' } };

    expect(of('AutomationNotifications', 'AWS::SNS::TopicPolicy')).toMatchObject([
      { Effect: 'Deny', Principal: '*', Condition: insecure },
    ]);
    expect(template.ofType('AWS::SQS::Queue')).toHaveLength(DOORS.length);
    for (const capability of DOORS.map((door) => `Automation${door}`))
      expect(of(`${capability}EventsDeadLetters`, 'AWS::SQS::QueuePolicy')).toMatchObject([
        { Effect: 'Deny', Principal: { AWS: '*' }, Condition: insecure },
        ...idsOf(capability).map((rule) => ({
          Effect: 'Allow',
          Action: 'sqs:SendMessage',
          Principal: { Service: 'events.amazonaws.com' },
          Condition: { ArnEquals: { 'aws:SourceArn': { 'Fn::GetAtt': [rule, 'Arn'] } } },
        })),
      ]);
  });
});

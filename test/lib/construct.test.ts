import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from '@jest/globals';
import { Stack, Validations } from 'aws-cdk-lib';
import { AwsSolutionsChecks } from 'cdk-nag';
import example from '../../config/example.ts';
import type { StageConfig } from '../../lib/config/stage-config.ts';
import { DatabricksSecurityAutomation } from '../../lib/databricks-security-automation.ts';
import { appWithoutBundles, readTemplate } from './stage-template.ts';

const folder = mkdtempSync(join(tmpdir(), 'construct-'));
afterAll(() => rmSync(folder, { recursive: true }));

const OF_API = ['ApiUrl', 'WorkspaceProvisioningStateMachineArn'];
const SHARED = [...OF_API, 'DeadLetterReplayStateMachineArn', 'EvidenceTableName', 'StateTableName', 'TopicArn'];
const OF_KEYS = [
  ...['ComputeCareDeadLetterQueueUrl', 'ComputeCareFunctionName'],
  ...['KeyEventDeadLetterQueueUrl', 'KeyRolloutFrontDoorFunctionName', 'KeyRolloutStateMachineArn'],
  ...['KeyWatchDeadLetterQueueUrl', 'KeyWatchFunctionName'],
];
const OF_SECRETS = ['SecretEventDeadLetterQueueUrl', 'SecretSyncStateMachineArn'];
const OUTPUTS = [...SHARED, ...OF_KEYS, ...OF_SECRETS].toSorted();

describe('the construct in another app', () => {
  const app = appWithoutBundles(join(folder, 'app'));
  const env = { account: example.aws.account, region: example.aws.region };
  const one = new Stack(app, 'PlatformOne', { env });
  const two = new Stack(app, 'PlatformTwo', { env });
  const automation = new DatabricksSecurityAutomation(one, 'Automation', example);
  new DatabricksSecurityAutomation(two, 'Automation', { ...example, onStackDeletion: 'destroy' });
  const assembly = app.synth();
  const template = (stack: Stack) => readTemplate(assembly.getStackByName(stack.stackName).template);

  test('gives the resources a program of its own would build on', () => {
    expect(automation.keyRollout?.stateMachine.stateMachineArn).toBeDefined();
    expect(automation.secretSync?.stateMachine.stateMachineArn).toBeDefined();
    expect(automation.tables.state.tableName).toBeDefined();
    expect(automation.tables.evidence.tableName).toBeDefined();
    expect(automation.notifications.topic.topicArn).toBeDefined();
  });

  test('stands in two stacks of one app, each with every output', () => {
    expect(template(one).outputs.toSorted()).toEqual(OUTPUTS);
    expect(template(two).outputs.toSorted()).toEqual(OUTPUTS);
  });

  test('names nothing that two stacks of one account would both own', () => {
    const physicalNames = (stack: Stack): readonly string[] =>
      // Parts of an API are named within it.
      template(stack).resources.flatMap(({ type, properties }) =>
        type.startsWith('AWS::ApiGateway::') && type !== 'AWS::ApiGateway::RestApi'
          ? []
          : Object.entries(properties).flatMap(([name, value]) =>
              /^(.*Name|Name)$/.test(name) && typeof value === 'string' && !/^(Metric|Policy|Display)/.test(name)
                ? [value]
                : [],
            ),
      );

    const shared = physicalNames(one).filter((name) => physicalNames(two).includes(name));

    expect(physicalNames(one)).toContain('/aws/vendedlogs/states/PlatformOne-key-rollout');
    expect(physicalNames(one)).toContain('/aws/vendedlogs/states/PlatformOne-secret-sync');
    expect(shared).toEqual([]);
  });

  test('keeps or destroys what holds state, as the configuration says', () => {
    const fates = (stack: Stack): ReadonlySet<string> => {
      const { Resources } = assembly.getStackByName(stack.stackName).template as {
        readonly Resources: Readonly<Record<string, { readonly Type: string; readonly DeletionPolicy?: string }>>;
      };
      const held = Object.values(Resources).filter(({ Type }) => /GlobalTable|LogGroup/.test(Type));
      return new Set(held.map(({ DeletionPolicy }) => DeletionPolicy ?? 'none'));
    };

    expect([...fates(one)]).toEqual(['Retain']);
    expect([...fates(two)]).toEqual(['Delete']);
  });
});

describe('a stage with bindings of one kind', () => {
  const capabilities = (name: string, change: Partial<StageConfig>) => {
    const app = appWithoutBundles(join(folder, name));
    const stack = new Stack(app, 'Platform', { env: { account: example.aws.account, region: example.aws.region } });
    const { keyRollout, secretSync } = new DatabricksSecurityAutomation(stack, 'Automation', { ...example, ...change });
    Validations.of(app).addPlugins(new AwsSolutionsChecks(app));
    // Rejects what cdk-nag finds.
    const { resources, outputs } = readTemplate(app.synth().getStackByName(stack.stackName).template);
    const ids = resources.map(({ id }) => id).join(' ');
    return { keyRollout, secretSync, outputs: outputs.toSorted(), ids };
  };

  test('has the constructs and outputs of key rollouts only, and no step for secrets', () => {
    const { keyRollout, secretSync, outputs, ids } = capabilities('keys', { secretBindings: {} });

    expect(keyRollout).toBeDefined();
    expect(secretSync).toBeUndefined();
    expect(outputs).toEqual([...SHARED, ...OF_KEYS].toSorted());
    expect(ids).not.toMatch(/Automation(Alarms)?Secret(Sync|Event)/);
  });

  test('has the constructs and outputs of the secret sync only', () => {
    const { keyRollout, secretSync, outputs, ids } = capabilities('secrets', { keyBindings: {}, api: 'off' });

    expect(keyRollout).toBeUndefined();
    expect(secretSync).toBeDefined();
    expect(outputs).toEqual([...SHARED, ...OF_SECRETS].filter((name) => !OF_API.includes(name)).toSorted());
    expect(ids).not.toMatch(/Automation(Alarms)?(Key(Rollout|Event|Watch)|ComputeCare)/);
  });

  test('passes cdk-nag with every way of selecting secrets, and with customer-managed keys', () => {
    const arn = 'arn:aws:secretsmanager:us-west-2:111122223333:secret:prod/one-AbCdEf';
    const include = [{ arn }, { namePrefix: 'prod/' }, { tag: { key: 'databricks', value: 'yes' } }] as const;
    const decryptWith = ['arn:aws:kms:us-west-2:111122223333:key/1234'];

    for (const [index, selector] of include.entries()) {
      const one = { secrets: { include: [selector] }, workspaces: 'all', scopes: ['one'], decryptWith } as const;
      expect(capabilities(`nag-${index}`, { keyBindings: {}, secretBindings: { one } }).secretSync).toBeDefined();
    }
  });
});

describe('a configuration that is wrong', () => {
  test('is refused with every problem at once', () => {
    const stack = new Stack(appWithoutBundles(join(folder, 'wrong')), 'Platform');
    const wrong = {
      ...example,
      aws: { account: '12', region: 'us-west-2' },
      databricks: { ...example.databricks, accountId: 'not-a-uuid' },
      keyBindings: { one: { key: 'alias/aws/ebs', useCases: ['STORAGE'], workspaces: [] } },
    } satisfies StageConfig;

    let said = '';
    try {
      new DatabricksSecurityAutomation(stack, 'Automation', wrong);
    } catch (error) {
      said = String(error);
    }

    const paths = said.match(/(?<= - )\S+(?=: found)/g);
    expect(said).toContain('ConfigInvalid: the configuration has 4 problems');
    expect(paths).toEqual(['aws.account', 'databricks.accountId', 'keyBindings.one.key', 'keyBindings.one.workspaces']);
  });
});

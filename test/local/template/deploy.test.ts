import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, test } from '@jest/globals';
import { type LocalAccount, startLocalAccount } from '../../../local/aws/local-account.ts';
import type { AwsService } from '../../../local/aws/service.ts';
import { LocalClock } from '../../../local/clock.ts';
import { type DeployAssemblySettings, deployAssembly } from '../../../local/template/deploy.ts';
import type { DeployedStateMachine } from '../../../local/template/state-machine.ts';

const APP = join(import.meta.dirname, 'fixtures/app');

const closing: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close();
});

/** A local account with a Step Functions that remembers what it was asked to start. */
const startAccount = async () => {
  const machines: DeployedStateMachine[] = [];
  const started: Readonly<Record<string, unknown>>[] = [];
  const account = await startLocalAccount({
    account: '111122223333',
    region: 'us-west-2',
    port: 0,
    clock: new LocalClock(),
  });
  closing.push(() => account.close());
  const states: AwsService = {
    handle: async (_action, input) => {
      started.push(input);
      return {};
    },
  };
  account.register('states', states);
  const stateMachines = { addStateMachine: (machine: DeployedStateMachine) => void machines.push(machine) };
  return { account, machines, started, stateMachines };
};

const deployed = async (more: Partial<DeployAssemblySettings> = {}) => {
  const made = await startAccount();
  const { account, stateMachines } = made;
  return { ...made, deployment: await deployAssembly({ assemblyDir: APP, account, stateMachines, ...more }) };
};

/** The fixture with a change in its base template. */
const changedApp = async (change: (template: { Resources: Record<string, unknown> }) => void): Promise<string> => {
  const dir = await mkdtemp(join(tmpdir(), 'assembly-'));
  closing.push(() => rm(dir, { recursive: true }));
  await cp(APP, dir, { recursive: true });
  const file = join(dir, 'Base.template.json');
  const template = JSON.parse(await readFile(file, 'utf8'));
  change(template);
  await writeFile(file, JSON.stringify(template));
  return dir;
};

const rotate = async (account: LocalAccount): Promise<string> => {
  const described = await account.kms.handle('DescribeKey', { KeyId: 'alias/databricks/base' });
  const { KeyId } = (described as { KeyMetadata: { KeyId: string } }).KeyMetadata;
  await account.kms.handle('RotateKeyOnDemand', { KeyId });
  await account.settled();
  return KeyId;
};

const printed = async (account: LocalAccount, functionName: unknown) => {
  const logGroupName = `/aws/lambda/${functionName}`;
  const answer = await account.logs.handle('FilterLogEvents', { logGroupName });
  return (answer as { events: { message: string }[] }).events.map((event) => event.message);
};

describe('a deployed app', () => {
  test('answers its outputs, across stacks and without those whose condition does not hold', async () => {
    const { deployment } = await deployed();

    expect(deployment.outputs).toEqual({
      base: {
        MachineArn: expect.stringMatching(
          /^arn:aws:states:us-west-2:111122223333:stateMachine:base-Machine-[0-9A-F]{12}$/,
        ),
        WorkerName: expect.stringMatching(/^base-Worker-[0-9A-F]{12}$/),
        QueueName: expect.stringMatching(/^base-DeadLetters-[0-9A-F]{12}$/),
      },
      Consumer: {
        Machine: deployment.outputs.base?.MachineArn,
        Worker: deployment.outputs.base?.WorkerName,
        Inbox: 'inbox',
      },
    });
  });

  test('has the same names every time', async () => {
    const [one, two] = [await deployed(), await deployed()];

    expect(one.deployment.outputs).toEqual(two.deployment.outputs);
  });

  test('hands its state machine over with every reference resolved', async () => {
    const { machines, deployment } = await deployed();

    const worker = `arn:aws:lambda:us-west-2:111122223333:function:${deployment.outputs.base?.WorkerName}`;
    expect(machines).toEqual([
      {
        name: expect.stringMatching(/^base-Machine-/),
        arn: deployment.outputs.base?.MachineArn,
        roleArn: expect.stringMatching(/^arn:aws:iam::111122223333:role\/base-Role-/),
        type: 'STANDARD',
        definition: {
          StartAt: 'Work',
          States: {
            Work: {
              Type: 'Task',
              Resource: 'arn:aws:states:::lambda:invoke',
              Arguments: { FunctionName: worker },
              End: true,
            },
          },
        },
      },
    ]);
  });

  test('runs its function with the variables of the template', async () => {
    const { account, deployment } = await deployed();
    const { account: id } = account.home;

    const answer = await account.invokeLambda(
      `arn:aws:lambda:us-west-2:${id}:function:${deployment.outputs.base?.WorkerName}`,
      { a: 1 },
    );

    expect(answer.payload).toEqual({
      table: expect.stringMatching(/^base-State-/),
      topic: 'arn:aws:sns:us-west-2:111122223333:alerts',
      event: { a: 1 },
    });
  });

  test('reacts to a rotation: the function runs and the machine is started', async () => {
    const { account, deployment, started } = await deployed();

    const keyId = await rotate(account);

    expect(started).toEqual([
      {
        stateMachineArn: deployment.outputs.base?.MachineArn,
        name: expect.stringMatching(/^[0-9a-f-]{36}_/),
        input: JSON.stringify({ keyId }),
      },
    ]);
    expect(await printed(account, deployment.outputs.base?.WorkerName)).toEqual(['got aws.kms']);
  });

  test('tries a failed event again as its rules say, and leaves it in the queue', async () => {
    const { account, deployment } = await deployed();

    await account.bus.handle('PutEvents', {
      Entries: [{ Source: 'my.app', DetailType: 'Told', Detail: '{"fail":true}' }],
    });
    await account.settled();

    const arn = `arn:aws:sqs:us-west-2:111122223333:${deployment.outputs.base?.QueueName}`;
    expect(account.sqs.messages(arn).map((message) => JSON.parse(message.body))).toMatchObject([
      {
        requestContext: { condition: 'RetriesExhausted', approximateInvokeCount: 2 },
        requestPayload: { source: 'my.app' },
        responsePayload: { errorMessage: 'told to fail' },
      },
    ]);
  });

  test('has tables with their indexes and their time to live', async () => {
    const { account, deployment } = await deployed();
    const { TABLE } = account.functions.find(deployment.outputs.base?.WorkerName ?? '').environment;

    expect(await account.callAws('dynamodb', 'DescribeTimeToLive', { TableName: TABLE })).toEqual({
      TimeToLiveDescription: { TimeToLiveStatus: 'ENABLED', AttributeName: 'expiresAt' },
    });
    expect(await account.callAws('dynamodb', 'DescribeTable', { TableName: 'evidence' })).toMatchObject({
      Table: { TableStatus: 'ACTIVE', GlobalSecondaryIndexes: [{ IndexName: 'by-time' }] },
    });
  });

  test('has schedules that fire when they are told to', async () => {
    const { account, deployment, started } = await deployed();
    const [reconcile, nightly] = deployment.schedules;

    await reconcile?.fire();
    await nightly?.fire();
    await account.settled();

    expect(reconcile).toMatchObject({ expression: 'cron(0 3 * * ? *)', timezone: 'Europe/Vienna', enabled: true });
    expect(nightly).toMatchObject({ expression: 'rate(1 day)', enabled: true });
    expect(started).toMatchObject([{ input: expect.stringMatching(/^{"at":"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ"}$/) }]);
    expect(await printed(account, deployment.outputs.base?.WorkerName)).toEqual(['got aws.events']);
  });

  test('tells its resources and alarms', async () => {
    const { deployment } = await deployed();

    expect(deployment.resources).toContainEqual(
      expect.objectContaining({
        stackName: 'base',
        logicalId: 'Worker',
        type: 'AWS::Lambda::Function',
        path: 'Base/Worker/Resource',
      }),
    );
    expect(deployment.resources.map((each) => each.logicalId)).not.toContain('Elsewhere');
    expect(deployment.alarms).toMatchObject([
      { properties: { Threshold: 1, AlarmActions: ['arn:aws:sns:us-west-2:111122223333:alerts'] } },
    ]);
  });

  test('takes the values of its parameters', async () => {
    const assemblyDir = await changedApp((template) => {
      template.Resources.Alerts = { Type: 'AWS::SNS::Topic', Properties: { TopicName: { Ref: 'Stage' } } };
      delete template.Resources.Logs;
      delete template.Resources.Elsewhere;
    });

    const { deployment } = await deployed({ assemblyDir, parameters: { Stage: 'prod' } });

    expect(deployment.alarms).toMatchObject([
      { properties: { AlarmActions: ['arn:aws:sns:us-west-2:111122223333:prod'] } },
    ]);
    expect(deployment.outputs.base?.Other).toBe('never');
  });

  test('knows buckets by name, their own or one in small letters', async () => {
    const assemblyDir = await changedApp((template) => {
      template.Resources.Named = { Type: 'AWS::S3::Bucket', Properties: { BucketName: 'acme-root' } };
      template.Resources.Unnamed = { Type: 'AWS::S3::Bucket' };
      template.Resources.Policy = { Type: 'AWS::S3::BucketPolicy', Properties: { Bucket: { Ref: 'Named' } } };
    });

    const { deployment } = await deployed({ assemblyDir });

    const made = (id: string) => deployment.resources.find(({ logicalId }) => logicalId === id);
    expect(made('Named')).toMatchObject({ ref: 'acme-root', attributes: { Arn: 'arn:aws:s3:::acme-root' } });
    expect(made('Unnamed')?.ref).toMatch(/^base-unnamed-[0-9a-f]{12}$/);
  });

  test('can hold types that are made elsewhere', async () => {
    const assemblyDir = await changedApp((template) => {
      template.Resources.Stream = { Type: 'AWS::Kinesis::Stream', Properties: { Name: { Ref: 'Stage' } } };
    });

    const { deployment } = await deployed({
      assemblyDir,
      handlers: { 'AWS::Kinesis::Stream': ({ properties }) => ({ ref: String(properties.Name), attributes: {} }) },
    });

    expect(deployment.resources).toContainEqual(expect.objectContaining({ logicalId: 'Stream', ref: 'example' }));
  });
});

describe('what the local run does not know is refused with its place', () => {
  const asset = { S3Bucket: 'assets', S3Key: '0001.zip' };
  const node = { Code: asset, Runtime: 'nodejs24.x', Handler: 'index.handler' };

  test.each<[string, unknown, string]>([
    ['a type', { Type: 'AWS::EC2::VPC' }, 'base/New (AWS::EC2::VPC): the local run does not know this type'],
    ['an event source mapping', { Type: 'AWS::Lambda::EventSourceMapping' }, 'does not know this type'],
    [
      'a property',
      { Type: 'AWS::SQS::Queue', Properties: { Strange: 1 } },
      'base/New (AWS::SQS::Queue): the local run does not know Strange',
    ],
    [
      'a website',
      { Type: 'AWS::S3::Bucket', Properties: { WebsiteConfiguration: {} } },
      'base/New (AWS::S3::Bucket): the local run does not know WebsiteConfiguration',
    ],
    ['a FIFO queue', { Type: 'AWS::SQS::Queue', Properties: { QueueName: 'a.fifo' } }, 'does not know FIFO queues'],
    [
      'a runtime',
      { Type: 'AWS::Lambda::Function', Properties: { ...node, Runtime: 'python3.13' } },
      'does not know the runtime python3.13',
    ],
    ['a layer', { Type: 'AWS::Lambda::Function', Properties: { ...node, Layers: [] } }, 'does not know Layers'],
    [
      'code that is no asset',
      { Type: 'AWS::Lambda::Function', Properties: { ...node, Code: { ZipFile: 'x' } } },
      'must be an asset of the assembly',
    ],
    [
      'a stream',
      { Type: 'AWS::DynamoDB::Table', Properties: { StreamSpecification: {} } },
      'does not know StreamSpecification',
    ],
    [
      'a replica',
      { Type: 'AWS::DynamoDB::GlobalTable', Properties: { Replicas: [{ Region: 'eu-west-1' }] } },
      'one Region only',
    ],
    [
      'an intrinsic function',
      { Type: 'AWS::SNS::Topic', Properties: { TopicName: { 'Fn::Cidr': [] } } },
      'base/New (AWS::SNS::Topic)/TopicName: the local run does not know Fn::Cidr',
    ],
    [
      'an attribute',
      { Type: 'AWS::SNS::Topic', Properties: { TopicName: { 'Fn::GetAtt': ['Worker', 'Nothing'] } } },
      'the attribute Nothing of Worker',
    ],
    [
      'a reference',
      { Type: 'AWS::SNS::Topic', Properties: { TopicName: { Ref: 'Nobody' } } },
      'there is no resource or parameter Nobody',
    ],
    [
      'an event pattern',
      { Type: 'AWS::Events::Rule', Properties: { EventPattern: { a: [{ cidr: '1' }] } } },
      '/a/0: the local run does not know the operator cidr',
    ],
    [
      'a schedule target',
      {
        Type: 'AWS::Scheduler::Schedule',
        Properties: { ScheduleExpression: 'rate(1 day)', Target: { Arn: 'arn:aws:scheduler:::aws-sdk:s3:putObject' } },
      },
      'does not know the target',
    ],
    ['a circle', { Type: 'AWS::SNS::Topic', DependsOn: 'New' }, 'New: depends on itself'],
  ])('%s', async (_name, resource, message) => {
    const assemblyDir = await changedApp((template) => {
      template.Resources.New = resource;
    });
    const { account, stateMachines } = await startAccount();

    const deploying = deployAssembly({ assemblyDir, account, stateMachines });

    await expect(deploying).rejects.toMatchObject({
      name: 'UnknownInTemplate',
      message: expect.stringContaining(message),
    });
  });

  test('a section of a template', async () => {
    const assemblyDir = await changedApp((template) => Object.assign(template, { Transform: 'AWS::Serverless' }));
    const { account, stateMachines } = await startAccount();

    await expect(deployAssembly({ assemblyDir, account, stateMachines })).rejects.toThrow(
      'base: the local run does not know Transform',
    );
  });

  test('a stack that was synthesized for another Region', async () => {
    const assemblyDir = await changedApp(() => undefined);
    const manifest = join(assemblyDir, 'manifest.json');
    const text = await readFile(manifest, 'utf8');
    await writeFile(manifest, text.replaceAll('aws://unknown-account/unknown-region', 'aws://111122223333/eu-west-1'));
    const { account, stateMachines } = await startAccount();

    await expect(deployAssembly({ assemblyDir, account, stateMachines })).rejects.toThrow(
      'base: was synthesized for 111122223333/eu-west-1; the local account is 111122223333/us-west-2',
    );
  });

  test('a folder that is no assembly', async () => {
    const { account, stateMachines } = await startAccount();

    await expect(deployAssembly({ assemblyDir: join(APP, 'asset.worker'), account, stateMachines })).rejects.toThrow(
      'cannot be read as a part of a cloud assembly',
    );
  });
});

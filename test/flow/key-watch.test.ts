import {
  CreateKeyCommand,
  DescribeKeyCommand,
  DisableKeyCommand,
  EnableKeyCommand,
  EncryptCommand,
  GetKeyPolicyCommand,
  KMSClient,
  PutKeyPolicyCommand,
  ScheduleKeyDeletionCommand,
} from '@aws-sdk/client-kms';
import { afterEach, describe, expect, test } from '@jest/globals';
import type { BusEvent } from '../../local/aws/service.ts';
import { DEMO_ALIAS } from '../../local/demo/account.ts';
import { IDS, type RolloutWorld, startRolloutWorld } from './rollout-world.ts';

const HOUR_MS = 60 * 60_000;
const GUARDED = 'alias/test/guarded';
const OLD = 'a0000000-0000-4000-8000-000000000001';

let world: RolloutWorld;
let kms: KMSClient;
let events: BusEvent[];
afterEach(async () => {
  kms.destroy();
  await world.close();
});

async function start(): Promise<void> {
  events = [];
  world = await startRolloutWorld({}, undefined, undefined, (event) => events.push(event));
  kms = new KMSClient({
    endpoint: world.aws.endpoint.url,
    region: 'us-west-2',
    credentials: { accessKeyId: 'local', secretAccessKey: 'local' },
  });
}

/** Another key behind the alias, and its rollout to the end. Answers the new key's ARN. */
async function replaceKey(alias = DEMO_ALIAS): Promise<string> {
  const { Policy } = await kms.send(new GetKeyPolicyCommand({ KeyId: world.keyArn }));
  const { KeyMetadata: key } = await kms.send(new CreateKeyCommand({ Policy }));
  await world.aws.kms.handle('UpdateAlias', { AliasName: alias, TargetKeyId: key?.KeyId });
  const ended = await world.nextEnd();
  expect(world.outcomes(ended)).toEqual(['ROLLED_OUT', 'ROLLED_OUT', 'ROLLED_OUT']);
  return key?.Arn ?? '';
}

/** The binding that asks for protection and deletion has the key to itself. */
async function bindGuarded(): Promise<void> {
  await world.aws.kms.handle('DeleteAlias', { AliasName: DEMO_ALIAS });
  await world.bind(GUARDED);
}

/** Messages about the key of the world, as people get them. */
const messages = (keyArn = world.keyArn) =>
  world.aws.sns.published.filter(({ message }) => message.startsWith(`key ${keyArn} `));
const subjects = () => messages().map(({ subject }) => subject?.replace(/[0-9a-f-]{36}/g, 'KEY'));
/** News about it, as programs get them. */
const news = (type: string) =>
  events.filter((event) => event['detail-type'] === type && event.resources.includes(world.keyArn));
const stateOf = async (keyArn = world.keyArn) =>
  (await kms.send(new DescribeKeyCommand({ KeyId: keyArn }))).KeyMetadata?.KeyState;
const configurations = () =>
  world.databricks.control.state().keyConfigurations.map((one) => one.customer_managed_key_id);
const pass = (hours: number): void => world.clock.advance(hours * HOUR_MS);

describe('a key that was replaced', () => {
  test('that is scheduled for deletion is told at once, with workspaces and deadline, on the topic and the bus', async () => {
    await start();
    await replaceKey();
    const { DeletionDate } = await kms.send(
      new ScheduleKeyDeletionCommand({ KeyId: world.keyArn, PendingWindowInDays: 7 }),
    );
    await world.aws.settled();

    expect(subjects()).toEqual(['URGENT: Databricks key deletion-scheduled: KEY']);
    const [alert] = messages();
    for (const id of IDS)
      expect(alert?.message).toMatch(new RegExp(`ws-${id} \\(${id}\\) left it and needs it until 20`));
    expect(alert?.message).toContain(`KMS deletes it at ${DeletionDate?.toISOString()}`);
    expect(alert?.message).toContain('ScheduleKeyDeletion by arn:aws:iam::111122223333:user/local');
    expect(alert?.message).toContain('aws kms cancel-key-deletion');
    expect(news('Key endangered')).toMatchObject([
      {
        source: 'databricks-security-automation',
        detail: {
          keyArn: world.keyArn,
          danger: 'deletion-scheduled',
          deadline: DeletionDate?.toISOString(),
          workspaces: IDS.map((workspaceId) => ({ workspaceId })),
          protection: 'none',
        },
      },
    ]);
    expect(await stateOf()).toBe('PendingDeletion');
  });

  test('is told of once however often it is reported, again after an hour, and when it is right again', async () => {
    await start();
    await replaceKey();
    await kms.send(new DisableKeyCommand({ KeyId: world.keyArn }));
    await world.aws.settled();
    const said = events.find(({ detail }) => (detail as { readonly eventName?: string }).eventName === 'DisableKey');
    world.aws.bus.accept(said as BusEvent);
    world.aws.bus.accept({ ...(said as BusEvent), id: 'another delivery' });
    await world.aws.settled();
    await world.scheduledWatch();
    expect(subjects()).toEqual(['URGENT: Databricks key disabled: KEY']);

    pass(1.1);
    await world.scheduledWatch();
    expect(subjects()).toHaveLength(2);

    await kms.send(new EnableKeyCommand({ KeyId: world.keyArn }));
    await world.aws.settled();
    expect(subjects().at(-1)).toBe('Databricks can use key KEY again');
    expect(news('Key safe again')).toHaveLength(1);
  });

  test('is found by the schedule if the event was lost', async () => {
    await start();
    await replaceKey();
    for (const { name } of world.aws.bus.rules()) await world.aws.bus.handle('DisableRule', { Name: name });
    await kms.send(new DisableKeyCommand({ KeyId: world.keyArn }));
    await world.aws.settled();
    expect(subjects()).toEqual([]);

    await world.scheduledWatch();

    expect(subjects()).toEqual(['URGENT: Databricks key disabled: KEY']);
  });

  test('without the statement for Databricks is told with the statement to add', async () => {
    await start();
    await replaceKey();
    const { Policy } = await kms.send(new GetKeyPolicyCommand({ KeyId: world.keyArn }));
    const statements = (JSON.parse(Policy ?? '') as { readonly Statement: readonly unknown[] }).Statement.slice(0, 1);
    await kms.send(new PutKeyPolicyCommand({ KeyId: world.keyArn, Policy: JSON.stringify({ Statement: statements }) }));
    await world.aws.settled();

    expect(subjects()).toEqual(['URGENT: Databricks key policy-incomplete: KEY']);
    expect(messages()[0]?.message).toContain('"Sid":"AllowDatabricksManagedServices"');
  });

  test('is brought back where its binding asks for that, and may be disabled after 24 quiet hours', async () => {
    await start();
    await bindGuarded();
    await replaceKey(GUARDED);
    await kms.send(new ScheduleKeyDeletionCommand({ KeyId: world.keyArn, PendingWindowInDays: 7 }));
    await world.aws.settled();

    expect(await stateOf()).toBe('Enabled');
    expect(subjects()[0]).toBe('The deletion of a Databricks key was taken back: KEY');
    expect(subjects().filter((subject) => subject?.startsWith('URGENT'))).toEqual([]);

    pass(23);
    await world.scheduledWatch();
    expect(configurations()).toContain(OLD);
    pass(2);
    await world.scheduledWatch();

    expect(configurations()).not.toContain(OLD);
    expect(subjects().at(-1)).toBe('Databricks key KEY may be disabled');
    expect(messages().at(-1)?.message).toContain(`key configuration ${OLD} was deleted`);
    expect(news('Key may be disabled')).toMatchObject([{ detail: { deletedConfigurations: [OLD] } }]);
    expect(world.databricks.control.state().violations).toEqual([]);
    const told = messages().length;
    pass(2);
    await world.scheduledWatch();
    expect(messages()).toHaveLength(told);
  });

  test('keeps its configuration unless the binding asks for more, and is held longer while KMS reports uses', async () => {
    await start();
    await replaceKey();
    pass(20);
    await kms.send(new EncryptCommand({ KeyId: world.keyArn, Plaintext: Buffer.from('somebody else') }));
    pass(5);
    await world.scheduledWatch();
    expect(subjects()).toEqual(['Databricks key KEY is still in use after its hold']);
    expect(messages()[0]?.message).toContain('(Encrypt)');

    pass(25);
    await world.scheduledWatch();

    expect(subjects().at(-1)).toBe('Databricks key KEY may be disabled');
    expect(configurations()).toContain(OLD);
  });
});

describe('other keys', () => {
  test('a key that nobody uses is left alone', async () => {
    await start();
    const before = world.aws.sns.published.length;
    const { KeyMetadata: key } = await kms.send(new CreateKeyCommand({}));
    await kms.send(new ScheduleKeyDeletionCommand({ KeyId: key?.KeyId }));
    await world.aws.settled();

    expect(world.aws.sns.published).toHaveLength(before);
    expect(await stateOf(key?.Arn)).toBe('PendingDeletion');
  });

  test('a key in use is watched without any rollout', async () => {
    await start();
    await kms.send(new DisableKeyCommand({ KeyId: world.keyArn }));
    await world.aws.settled();

    expect(subjects()).toEqual(['URGENT: Databricks key disabled: KEY']);
    for (const id of IDS) expect(messages()[0]?.message).toContain(`ws-${id} (${id}) uses it for MANAGED_SERVICES`);
    expect(messages()[0]?.message).toContain('binding managed');
  });

  test('a key whose material was rotated stays in use: only its old configuration retires', async () => {
    await start();
    await bindGuarded();
    await kms.send(new DescribeKeyCommand({ KeyId: world.keyArn }));
    await world.rotate();
    pass(25);
    await world.scheduledWatch();

    expect(configurations()).not.toContain(OLD);
    expect(subjects()).toEqual(['Retired configurations of Databricks key KEY; the key stays in use']);
    expect(news('Key may be disabled')).toEqual([]);
  });
});

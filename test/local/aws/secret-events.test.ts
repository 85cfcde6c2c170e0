import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { SecretsManager } from '../../../local/aws/secrets-manager.ts';
import type { BusEvent } from '../../../local/aws/service.ts';
import { LocalClock } from '../../../local/clock.ts';

const SAMPLES = join(import.meta.dirname, '../../samples/aws-events');
const HOME = { account: '111122223333', region: 'us-west-2', partition: 'aws' };

const sample = (name: string): unknown => JSON.parse(readFileSync(join(SAMPLES, `${name}.json`), 'utf8'));

/** Every path in a document, list positions included. */
const paths = (value: unknown, path = ''): readonly string[] =>
  typeof value === 'object' && value !== null && Object.keys(value).length > 0
    ? Object.entries(value).flatMap(([key, each]) => paths(each, path === '' ? key : `${path}.${key}`))
    : [path];

/** Paths without the caller and his connection, which differ from caller to caller; older records write `aRN`. */
const shape = (value: unknown): readonly string[] =>
  paths(value)
    .map((path) => path.replace(/aRN$/, 'arn'))
    .filter((path) => !/^detail\.(?:userIdentity|tlsDetails)/.test(path))
    .toSorted();

const VALUE = 'value-of-a-secret';
const TOKEN = 'a1b2c3d4-5678-90ab-cdef-EXAMPLE11111';

/** A secret `a` with one version; what happened until then is forgotten. */
const start = async () => {
  const events: BusEvent[] = [];
  const secrets = new SecretsManager({ home: HOME, clock: new LocalClock(), emit: (event) => events.push(event) });
  const made = (await secrets.handle('CreateSecret', {
    Name: 'a',
    SecretString: VALUE,
    ClientRequestToken: TOKEN,
    Tags: [{ Key: 'databricks:sync', Value: 'true' }],
  })) as { readonly ARN: string; readonly VersionId: string };
  const created = events.splice(0);
  return { secrets, events, created, SecretId: made.ARN, first: made.VersionId };
};

type Act = (secrets: SecretsManager, SecretId: string) => Promise<unknown>;

const called = (events: readonly BusEvent[], eventName: string): readonly BusEvent[] =>
  events.filter(({ detail }) => (detail as { readonly eventName?: string }).eventName === eventName);

describe('what CloudTrail tells has the shape of the documented samples', () => {
  test('CreateSecret', async () => {
    const { created } = await start();

    expect(created).toHaveLength(1);
    expect(shape(created[0])).toEqual(shape(sample('secretsmanager.cloudtrail.CreateSecret')));
  });

  test.each<[string, string, Act]>([
    [
      'TagResource',
      'TagResource',
      (secrets, SecretId) => secrets.handle('TagResource', { SecretId, Tags: [{ Key: 'a', Value: 'b' }] }),
    ],
    [
      'PutSecretValue',
      'PutSecretValue',
      (secrets, SecretId) =>
        secrets.handle('PutSecretValue', { SecretId, SecretString: VALUE, ClientRequestToken: `${TOKEN}2` }),
    ],
    [
      'DeleteSecret',
      'DeleteSecret.force',
      (secrets, SecretId) => secrets.handle('DeleteSecret', { SecretId, ForceDeleteWithoutRecovery: true }),
    ],
    [
      'DeleteSecret',
      'DeleteSecret',
      (secrets, SecretId) => secrets.handle('DeleteSecret', { SecretId, RecoveryWindowInDays: 7 }),
    ],
    [
      'RestoreSecret',
      'RestoreSecret',
      async (secrets, SecretId) => {
        await secrets.handle('DeleteSecret', { SecretId });
        await secrets.handle('RestoreSecret', { SecretId });
      },
    ],
  ])('%s (%s)', async (eventName, file, act) => {
    const { secrets, events, SecretId } = await start();

    await act(secrets, SecretId);

    const [event] = called(events, eventName);
    expect(shape(event)).toEqual(shape(sample(`secretsmanager.cloudtrail.${file}`)));
  });

  test('UpdateSecretVersionStage', async () => {
    const { secrets, events, SecretId, first } = await start();
    const put = { SecretId, SecretString: VALUE, ClientRequestToken: `${TOKEN}2` };
    const { VersionId } = (await secrets.handle('PutSecretValue', put)) as { readonly VersionId: string };

    await secrets.handle('UpdateSecretVersionStage', {
      ...{ SecretId, VersionStage: 'AWSCURRENT', MoveToVersionId: first, RemoveFromVersionId: VersionId },
    });

    const [event] = called(events, 'UpdateSecretVersionStage');
    expect(shape(event)).toEqual(shape(sample('secretsmanager.cloudtrail.UpdateSecretVersionStage')));
  });

  test('RotationSucceeded', async () => {
    const { secrets, events } = await start();

    secrets.rotate('a', VALUE);

    const [event] = called(events, 'RotationSucceeded');
    expect(shape(event)).toEqual(shape(sample('secretsmanager.cloudtrail.RotationSucceeded')));
  });

  test('a refused call has its error and no answer', async () => {
    const { secrets, events, SecretId } = await start();
    await secrets.handle('DeleteSecret', { SecretId });

    await secrets.handle('TagResource', { SecretId, Tags: [] }).catch(() => undefined);

    const [event] = called(events, 'TagResource');
    expect(event?.detail).toMatchObject({ errorCode: 'InvalidRequestException', responseElements: null });
  });

  test('without a trail nothing is told, and a label that moved is told all the same', async () => {
    const { secrets, events, SecretId } = await start();
    secrets.hasTrail = false;

    await secrets.handle('PutSecretValue', { SecretId, SecretString: VALUE });

    expect(events.map((event) => event['detail-type'])).toEqual(['Secret Label Updated']);
  });
});

describe('Secret Label Updated', () => {
  const label = sample('secretsmanager.secret-label-updated.awscurrent');

  test('has the documented shape when a value becomes current', async () => {
    const { secrets, events, SecretId } = await start();

    await secrets.handle('PutSecretValue', { SecretId, SecretString: VALUE });

    const told = events.filter((event) => event['detail-type'] === 'Secret Label Updated');
    expect(told).toHaveLength(1);
    expect(shape(told[0])).toEqual(shape(label));
    expect(told[0]?.detail).toMatchObject({ name: 'a', labelUpdated: 'AWSCURRENT' });
  });

  test('is not told of a pending version, nor of a new secret', async () => {
    const { secrets, events, created, SecretId } = await start();

    await secrets.handle('PutSecretValue', { SecretId, SecretString: VALUE, VersionStages: ['AWSPENDING'] });

    expect([...created, ...events].filter((event) => event['detail-type'] === 'Secret Label Updated')).toEqual([]);
  });

  test('is told of labels of one’s own', async () => {
    const { secrets, events, SecretId } = await start();

    await secrets.handle('PutSecretValue', { SecretId, SecretString: VALUE, VersionStages: ['blue'] });

    expect(events.find((event) => event['detail-type'] === 'Secret Label Updated')?.detail).toMatchObject({
      labelUpdated: 'blue',
    });
  });
});

test('no event holds a value', async () => {
  const { secrets, events, created, SecretId } = await start();

  await secrets.handle('PutSecretValue', { SecretId, SecretString: VALUE });
  await secrets.handle('UpdateSecret', { SecretId, SecretBinary: Buffer.from(VALUE).toString('base64') });
  secrets.rotate('a', VALUE);

  const text = JSON.stringify([...created, ...events]);
  expect(text).not.toContain(VALUE);
  expect(text).not.toContain(Buffer.from(VALUE).toString('base64'));
});

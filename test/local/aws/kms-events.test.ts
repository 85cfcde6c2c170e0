import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { Kms } from '../../../local/aws/kms.ts';
import type { BusEvent } from '../../../local/aws/service.ts';
import { LocalClock } from '../../../local/clock.ts';

const SAMPLES = join(import.meta.dirname, '../../samples/aws-events');
const HOME = { account: '111122223333', region: 'us-west-2', partition: 'aws' };

const sample = (name: string): unknown => JSON.parse(readFileSync(join(SAMPLES, `${name}.json`), 'utf8'));

/** Every path in a document, list positions included: `detail.resources.0.ARN`. */
const paths = (value: unknown, path = ''): readonly string[] =>
  typeof value === 'object' && value !== null && Object.keys(value).length > 0
    ? Object.entries(value).flatMap(([key, each]) => paths(each, path === '' ? key : `${path}.${key}`))
    : [path];

const withoutCaller = (all: readonly string[]): readonly string[] =>
  all.filter((path) => !path.startsWith('detail.userIdentity')).toSorted();

const start = async () => {
  const events: BusEvent[] = [];
  const clock = new LocalClock();
  const kms = new Kms({ home: HOME, clock, emit: (event) => events.push(event) });
  const keyId = String(kms.addKey({}).KeyId);
  const take = (detailType: string, eventName?: string): BusEvent => {
    const found = events.filter(
      (event) =>
        event['detail-type'] === detailType &&
        (eventName === undefined || (event.detail as { eventName?: string }).eventName === eventName),
    );
    expect(found).toHaveLength(1);
    return found[0] as BusEvent;
  };
  return { events, clock, kms, keyId, take };
};

const API_CALL = 'AWS API Call via CloudTrail';
const SERVICE_EVENT = 'AWS Service Event via CloudTrail';

describe('events have the shape of the documented samples', () => {
  const cases: readonly [string, string, (kms: Kms, KeyId: string) => Promise<unknown>][] = [
    [
      'CancelKeyDeletion',
      'kms.cloudtrail.CancelKeyDeletion',
      async (kms, KeyId) => {
        await kms.handle('ScheduleKeyDeletion', { KeyId });
        await kms.handle('CancelKeyDeletion', { KeyId });
      },
    ],
    [
      'CreateAlias',
      'kms.cloudtrail.CreateAlias',
      (kms, KeyId) => kms.handle('CreateAlias', { AliasName: 'alias/a', TargetKeyId: KeyId }),
    ],
    ['DisableKey', 'kms.cloudtrail.DisableKey', (kms, KeyId) => kms.handle('DisableKey', { KeyId })],
    [
      'PutKeyPolicy',
      'kms.cloudtrail.PutKeyPolicy',
      (kms, KeyId) => kms.handle('PutKeyPolicy', { KeyId, Policy: '{}' }),
    ],
    [
      'RotateKeyOnDemand',
      'kms.cloudtrail.RotateKeyOnDemand',
      (kms, KeyId) => kms.handle('RotateKeyOnDemand', { KeyId }),
    ],
    [
      'ScheduleKeyDeletion',
      'kms.cloudtrail.ScheduleKeyDeletion',
      (kms, KeyId) => kms.handle('ScheduleKeyDeletion', { KeyId, PendingWindowInDays: 20 }),
    ],
    [
      'UpdateAlias',
      'kms.cloudtrail.UpdateAlias.doc',
      async (kms, KeyId) => {
        await kms.handle('CreateAlias', { AliasName: 'alias/a', TargetKeyId: KeyId });
        const other = kms.addKey({}).KeyId;
        await kms.handle('UpdateAlias', { AliasName: 'alias/a', TargetKeyId: other });
      },
    ],
  ];

  test.each(cases)('CloudTrail %s', async (eventName, file, act) => {
    const { kms, keyId, take } = await start();

    await act(kms, keyId);

    const event = take(API_CALL, eventName);
    expect(paths(event).toSorted()).toEqual(paths(sample(file)).toSorted());
    expect(event.time).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/);
  });

  test('CloudTrail RotateKey and the native KMS CMK Rotation, on demand', async () => {
    const { kms, keyId, take } = await start();

    await kms.handle('RotateKeyOnDemand', { KeyId: keyId });

    expect(paths(take(SERVICE_EVENT)).toSorted()).toEqual(
      paths(sample('kms.cloudtrail.RotateKey.on-demand')).toSorted(),
    );
    const native = take('KMS CMK Rotation');
    expect(paths(native).toSorted()).toEqual(paths(sample('kms.cmk-rotation.on-demand')).toSorted());
    expect(native.resources).toEqual([`arn:aws:kms:us-west-2:111122223333:key/${keyId}`]);
    expect(native.detail).toMatchObject({ 'key-id': keyId, 'rotation-type': 'ON_DEMAND', 'key-origin': 'AWS_KMS' });
  });

  test('CloudTrail RotateKey and the native KMS CMK Rotation, automatic', async () => {
    const { events, kms, keyId, take } = await start();

    kms.rotateAutomatically(keyId);

    expect(events).toHaveLength(2);
    expect(paths(take(SERVICE_EVENT)).toSorted()).toEqual(
      paths(sample('kms.cloudtrail.RotateKey.automatic')).toSorted(),
    );
    expect(take('KMS CMK Rotation').detail).toMatchObject({ 'rotation-type': 'AUTOMATIC' });
  });

  test('CloudTrail DeleteKey and the native KMS CMK Deletion, once the waiting period is over', async () => {
    const { clock, kms, keyId, take } = await start();
    await kms.handle('ScheduleKeyDeletion', { KeyId: keyId, PendingWindowInDays: 7 });

    clock.advance(7 * 86_400_000);
    kms.deleteDueKeys();
    kms.deleteDueKeys();

    expect(paths(take(SERVICE_EVENT)).toSorted()).toEqual(paths(sample('kms.cloudtrail.DeleteKey')).toSorted());
    expect(paths(take('KMS CMK Deletion')).toSorted()).toEqual(paths(sample('kms.cmk-deletion')).toSorted());
  });

  test('a failed call has the error and no answer, whoever the caller is', async () => {
    const { kms, take } = await start();
    const target = String(kms.addKey({}).KeyId);

    await kms.handle('UpdateAlias', { AliasName: 'alias/nobody', TargetKeyId: target }).catch(() => undefined);

    const event = take(API_CALL, 'UpdateAlias');
    const documented = paths(sample('kms.cloudtrail.UpdateAlias.access-denied'));
    expect(withoutCaller(paths(event))).toEqual(withoutCaller(documented));
    expect(event.detail).toMatchObject({ errorCode: 'NotFoundException', responseElements: null });
  });
});

test('UpdateAlias tells the new key, and the alias before it', async () => {
  const { kms, keyId, take } = await start();
  await kms.handle('CreateAlias', { AliasName: 'alias/databricks/a', TargetKeyId: keyId });
  const arn = String(kms.addKey({}).Arn);

  await kms.handle('UpdateAlias', { AliasName: 'alias/databricks/a', TargetKeyId: arn });

  expect(take(API_CALL, 'UpdateAlias').detail).toMatchObject({
    eventSource: 'kms.amazonaws.com',
    requestParameters: { aliasName: 'alias/databricks/a', targetKeyId: arn },
    responseElements: { keyId: arn },
    resources: [{ ARN: 'arn:aws:kms:us-west-2:111122223333:alias/databricks/a' }, { ARN: arn }],
  });
});

test('a call that only reads raises no event', async () => {
  const { events, kms, keyId } = await start();

  await kms.handle('DescribeKey', { KeyId: keyId });
  await kms.handle('Encrypt', { KeyId: keyId, Plaintext: 'YQ==' });
  await kms.handle('DescribeKey', { KeyId: 'nobody' }).catch(() => undefined);

  expect(events).toEqual([]);
});

test('an automatic rotation of a disabled key is refused', async () => {
  const { events, kms, keyId } = await start();
  await kms.handle('DisableKey', { KeyId: keyId });
  events.length = 0;

  expect(() => kms.rotateAutomatically(keyId)).toThrow(expect.objectContaining({ code: 'DisabledException' }));
  expect(events).toEqual([]);
});

import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { readSecretEvent } from '../../lambda/domain/secret-event.ts';
import { syncName } from '../../lambda/domain/sync-name.ts';

const SAMPLES = join(import.meta.dirname, '..', 'samples', 'aws-events');
const HOME = { partition: 'aws', account: '111122223333', region: 'us-west-2' };
const ARN = 'arn:aws:secretsmanager:us-west-2:111122223333:secret:prod/databricks/jdbc-password-a1b2c3';
const sample = (file: string): Record<string, unknown> =>
  JSON.parse(readFileSync(join(SAMPLES, file), 'utf8')) as Record<string, unknown>;

describe('every recorded event', () => {
  const told = [
    'cloudtrail.CreateSecret',
    'cloudtrail.DeleteSecret.force',
    'cloudtrail.DeleteSecret',
    'cloudtrail.RestoreSecret',
    'cloudtrail.RotationSucceeded',
    'cloudtrail.RotationSucceeded.serviceEventDetails',
    'cloudtrail.TagResource',
    'cloudtrail.UpdateSecret.metadata',
    'cloudtrail.UpdateSecret.value',
    'secret-label-updated.awscurrent',
  ].map((name) => `secretsmanager.${name}.json`);

  test.each(told)('%s names its secret', (file) => {
    expect(readSecretEvent(sample(file), HOME)).toMatchObject({
      kind: 'secret',
      secretId: ARN,
      name: 'prod/databricks/jdbc-password',
    });
  });

  test.each(readdirSync(SAMPLES).filter((file) => file !== 'index.json' && !told.includes(file)))(
    '%s is ignored',
    (file) => {
      expect(readSecretEvent(sample(file), HOME)).toMatchObject({ kind: 'ignored', reason: expect.any(String) });
    },
  );
});

describe('an event', () => {
  const label = sample('secretsmanager.secret-label-updated.awscurrent.json');

  test.each([
    ['of another account', { account: '999988887777' }],
    ['of another Region', { region: 'eu-west-1' }],
    ['of another source', { source: 'my.app' }],
    ['about a secret elsewhere', { resources: [ARN.replace('111122223333', '999988887777')] }],
    [
      'about a key',
      { resources: ['arn:aws:kms:us-west-2:111122223333:key/1'], detail: { labelUpdated: 'AWSCURRENT' } },
    ],
    ['without a secret', { resources: [], detail: { labelUpdated: 'AWSCURRENT' } }],
  ])('%s is ignored', (_what, change) => {
    expect(readSecretEvent({ ...label, ...change }, HOME).kind).toBe('ignored');
  });

  test('of a call that failed is ignored', () => {
    const deleted = sample('secretsmanager.cloudtrail.DeleteSecret.json');
    const failed = { ...deleted, detail: { ...(deleted.detail as object), errorCode: 'AccessDenied' } };
    expect(readSecretEvent(failed, HOME)).toMatchObject({ kind: 'ignored' });
  });

  test('never makes the reader fail, whatever it holds', () => {
    fc.assert(
      fc.property(fc.anything(), fc.anything(), fc.anything(), (detail, resources, time) => {
        const event = { ...label, 'detail-type': 'AWS API Call via CloudTrail', detail, resources, time };
        expect(['secret', 'ignored']).toContain(readSecretEvent(event, HOME).kind);
        expect(['secret', 'ignored']).toContain(readSecretEvent(detail, HOME).kind);
      }),
    );
  });
});

describe('the name of the sync that an event starts', () => {
  const fact = (change = {}) => {
    const read = readSecretEvent({ ...sample('secretsmanager.secret-label-updated.awscurrent.json'), ...change }, HOME);
    if (read.kind === 'ignored') throw new Error(read.reason);
    return read;
  };

  test('is the same for the same event, and another when the secret comes back to an old version', () => {
    expect(syncName(fact())).toBe(syncName(fact({ id: 'delivered again' })));
    expect(syncName(fact({ time: '2026-05-06T16:44:48Z' }))).not.toBe(syncName(fact()));
  });

  test('is one of its own for every change of a tag, also within one second', () => {
    const tagged = sample('secretsmanager.cloudtrail.TagResource.json');
    const nameOf = (id: string) => {
      const read = readSecretEvent({ ...tagged, id }, HOME);
      return read.kind === 'ignored' ? read.reason : syncName(read);
    };
    expect(nameOf('df56a66c-f8a2-4066-9d4e-4b987d3d89e7')).toBe(nameOf('df56a66c-f8a2-4066-9d4e-4b987d3d89e7'));
    expect(nameOf('df56a66c-f8a2-4066-9d4e-4b987d3d89e7')).not.toBe(nameOf('11111111-f8a2-4066-9d4e-4b987d3d89e7'));
  });

  test('is one that Step Functions takes, whatever the secret is called', () => {
    fc.assert(
      fc.property(fc.stringMatching(/^[A-Za-z0-9/_+=.@!-]{1,512}$/), fc.option(fc.string()), (name, version) => {
        const read = { ...fact(), name, secretId: name, ...(version !== null && { versionId: version }) };
        expect(syncName(read)).toMatch(/^[0-9A-Za-z_-]{1,80}$/);
      }),
    );
  });
});

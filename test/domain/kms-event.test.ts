import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { readKmsEvent } from '../../lambda/domain/kms-event.ts';

const SAMPLES = join(import.meta.dirname, '..', 'samples', 'aws-events');
const HOME = { partition: 'aws', account: '111122223333', region: 'us-west-2' };
const KEY = 'arn:aws:kms:us-west-2:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab';
const MRK = 'arn:aws:kms:us-west-2:111122223333:key/mrk-1234abcd12ab34cd56ef1234567890ab';
const NEW_KEY = 'arn:aws:kms:us-west-2:111122223333:key/0987dcba-09fe-87dc-65ba-ab0987654321';
const MATERIAL = '96083e4fb6dbc41d77578a213a6b6669c044dd4c143e96755396d2bf11fd6068';

const sample = (name: string): Record<string, unknown> => JSON.parse(readFileSync(join(SAMPLES, name), 'utf8'));
const brief = (event: unknown): string => {
  const fact = readKmsEvent(event, HOME);
  if (fact.kind === 'ignored') return `ignored: ${fact.reason}`;
  return [fact.kind, fact.key.arn, fact.kind === 'key-replacement' ? fact.alias : fact.materialId].join(' ');
};

/** What each recorded KMS event leads to. */
const LEADS_TO: Readonly<Record<string, string>> = {
  'kms.cmk-rotation.automatic.json': `material-rotation ${KEY} ${MATERIAL}`,
  'kms.cmk-rotation.on-demand.json': `material-rotation ${KEY} ${MATERIAL}`,
  'kms.cmk-rotation.external-on-demand.json': `material-rotation ${KEY} ${MATERIAL}`,
  'kms.cmk-rotation.replayed.json': `material-rotation ${KEY} ${MATERIAL}`,
  'kms.cmk-rotation.legacy-2022.json': `material-rotation ${KEY} `,
  'kms.cmk-rotation.multi-region.json': `material-rotation ${MRK} ${MATERIAL}`,
  'kms.cloudtrail.RotateKey.automatic.json': `material-rotation ${KEY} ${MATERIAL}`,
  'kms.cloudtrail.RotateKey.on-demand.json': `material-rotation ${KEY} ${MATERIAL}`,
  'kms.cloudtrail.RotateKeyOnDemand.json': 'ignored: no reaction to RotateKeyOnDemand',
  'kms.cloudtrail.UpdateAlias.json': `key-replacement ${NEW_KEY} alias/databricks/managed-services`,
  'kms.cloudtrail.UpdateAlias.doc.json': `key-replacement ${KEY} alias/my_alias`,
  'kms.cloudtrail.UpdateAlias.access-denied.json': 'ignored: a UpdateAlias that failed',
  'kms.cloudtrail.CreateAlias.json': `key-replacement ${KEY} alias/ExampleAlias`,
  'kms.cloudtrail.CancelKeyDeletion.json': 'ignored: no reaction to CancelKeyDeletion',
  'kms.cloudtrail.DeleteKey.json': 'ignored: no reaction to DeleteKey',
  'kms.cloudtrail.DisableKey.json': 'ignored: no reaction to DisableKey',
  'kms.cloudtrail.PutKeyPolicy.json': 'ignored: no reaction to PutKeyPolicy',
  'kms.cloudtrail.ScheduleKeyDeletion.json': 'ignored: no reaction to ScheduleKeyDeletion',
  'kms.cloudtrail.ScheduleKeyDeletion.multi-region.json': 'ignored: no reaction to ScheduleKeyDeletion',
  'kms.cmk-deletion.json': "ignored: no reaction to 'KMS CMK Deletion'",
  'kms.imported-key-material-expiration.json': "ignored: no reaction to 'KMS Imported Key Material Expiration'",
};

describe('reading KMS events', () => {
  test('every recorded KMS event has a line here', () => {
    const files = readdirSync(SAMPLES).filter((name) => name.startsWith('kms.'));
    expect(Object.keys(LEADS_TO).toSorted()).toEqual(files.toSorted());
  });

  test.each(Object.entries(LEADS_TO))('%s', (name, expected) => {
    expect(brief(sample(name))).toBe(expected);
  });

  test.each([
    ['another account', { account: '999999999999' }, 'ignored: event of another AWS account'],
    ['another Region', { region: 'eu-west-1' }, 'ignored: event of another Region'],
    ['another source', { source: 'my.app' }, 'ignored: not an event of AWS KMS'],
    [
      'a key of another account',
      { resources: [KEY.replace('111122223333', '999999999999')] },
      'ignored: the key belongs elsewhere than its event',
    ],
    [
      'a key of another partition',
      { resources: [KEY.replace('arn:aws:', 'arn:aws-cn:')] },
      'ignored: the key belongs elsewhere than its event',
    ],
    ['no key', { resources: [] }, 'ignored: rotation event without a key ARN'],
    [
      'something else for a key',
      { resources: ['arn:aws:s3:::bucket', 7, null] },
      'ignored: rotation event without a key ARN',
    ],
  ])('an event that names %s is ignored', (_what, change, expected) => {
    expect(brief({ ...sample('kms.cmk-rotation.automatic.json'), ...change })).toBe(expected);
  });

  test('other partitions are read where they are at home', () => {
    const event = {
      ...sample('kms.cmk-rotation.automatic.json'),
      region: 'us-gov-west-1',
      resources: ['arn:aws-us-gov:kms:us-gov-west-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab'],
    };
    const fact = readKmsEvent(event, { partition: 'aws-us-gov', account: '111122223333', region: 'us-gov-west-1' });
    expect(fact.kind).toBe('material-rotation');
  });

  test.each([[null], [undefined], [7], ['text'], [[]], [{}], [{ source: 'aws.kms' }]])(
    '%p is ignored without an error',
    (event) => {
      expect(readKmsEvent(event, HOME).kind).toBe('ignored');
    },
  );
});

import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { readKeyChange } from '../../lambda/domain/key-watch-event.ts';

const SAMPLES = join(import.meta.dirname, '..', 'samples', 'aws-events');
const HOME = { partition: 'aws', account: '111122223333', region: 'us-west-2' };
const KEY = 'arn:aws:kms:us-west-2:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab';
const MRK = 'arn:aws:kms:us-west-2:111122223333:key/mrk-1234abcd12ab34cd56ef1234567890ab';
const ALICE = 'arn:aws:iam::111122223333:user/Alice';

const sample = (name: string): Record<string, unknown> => JSON.parse(readFileSync(join(SAMPLES, name), 'utf8'));
const brief = (event: unknown): string => {
  const change = readKeyChange(event, HOME);
  return change.kind === 'ignored'
    ? `ignored: ${change.reason}`
    : `${change.what} ${change.key.arn} ${change.by ?? '-'}`;
};

/** The recorded events that are about a danger or its end; all others are ignored. */
const LEADS_TO: Readonly<Record<string, string>> = {
  'kms.cloudtrail.CancelKeyDeletion.json': `CancelKeyDeletion ${KEY} ${ALICE}`,
  'kms.cloudtrail.DisableKey.json': `DisableKey ${KEY} ${ALICE}`,
  'kms.cloudtrail.PutKeyPolicy.json': `PutKeyPolicy ${KEY} ${ALICE}`,
  'kms.cloudtrail.ScheduleKeyDeletion.json': `ScheduleKeyDeletion ${KEY} ${ALICE}`,
  'kms.cloudtrail.ScheduleKeyDeletion.multi-region.json': `ScheduleKeyDeletion ${MRK} ${ALICE}`,
  'kms.cmk-deletion.json': `KMS CMK Deletion ${KEY} -`,
  'kms.imported-key-material-expiration.json': `KMS Imported Key Material Expiration ${KEY} -`,
};

describe('reading what was done to a key', () => {
  test.each(readdirSync(SAMPLES).filter((name) => name !== 'index.json'))('%s', (name) => {
    expect(brief(sample(name))).toMatch(LEADS_TO[name] ?? /^ignored: /);
  });

  const disabled = sample('kms.cloudtrail.DisableKey.json');
  const detail = disabled.detail as Record<string, unknown>;
  const at = (arn: string) => ({ detail: { ...detail, resources: [{ ARN: arn }] } });

  test.each<[string, Record<string, unknown>, string]>([
    ['another account', { account: '999999999999' }, 'ignored: event of another AWS account'],
    ['another Region', { region: 'eu-west-1' }, 'ignored: event of another Region'],
    ['another source', { source: 'databricks-security-automation' }, 'ignored: not an event of AWS KMS'],
    [
      'a key of another account',
      at(KEY.replace('111122223333', '999999999999')),
      'ignored: the key belongs elsewhere than its event',
    ],
    [
      'a key of another Region',
      at(KEY.replace('us-west-2', 'eu-west-1')),
      'ignored: the key belongs elsewhere than its event',
    ],
    [
      'a key of another partition',
      at(KEY.replace('arn:aws:', 'arn:aws-cn:')),
      'ignored: the key belongs elsewhere than its event',
    ],
    ['no key', { detail: { ...detail, resources: [] } }, 'ignored: CloudTrail event without a key ARN'],
    ['a failure', { detail: { ...detail, errorCode: 'AccessDenied' } }, 'ignored: a DisableKey that failed'],
  ])('an event that names %s is ignored', (_what, change, expected) => {
    expect(brief({ ...disabled, ...change })).toBe(expected);
  });

  test.each([['text\nwith lines'], ['arn:aws:iam::111122223333:user/a b'], [7], [undefined], [{}]])(
    'who did it is left out if it is %j',
    (arn) => {
      expect(brief({ ...disabled, detail: { ...detail, userIdentity: { arn } } })).toBe(`DisableKey ${KEY} -`);
    },
  );

  test.each([[null], [undefined], [7], ['text'], [[]], [{}], [{ source: 'aws.kms' }]])(
    '%p is ignored without an error',
    (event) => {
      expect(readKeyChange(event, HOME).kind).toBe('ignored');
    },
  );
});

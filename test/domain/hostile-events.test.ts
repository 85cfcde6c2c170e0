import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { readExecutionEnd } from '../../lambda/domain/execution-event.ts';
import { readKeyChange } from '../../lambda/domain/key-watch-event.ts';
import { readKmsEvent } from '../../lambda/domain/kms-event.ts';
import { readSecretEvent } from '../../lambda/domain/secret-event.ts';

const HOME = { partition: 'aws', account: '111122223333', region: 'us-west-2' };
const KEY = 'arn:aws:kms:us-west-2:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab';
const SECRET = 'arn:aws:secretsmanager:us-west-2:111122223333:secret:prod/databricks/jdbc-password-a1b2c3';

type Json = Record<string, unknown>;
const sample = (name: string): Json =>
  JSON.parse(readFileSync(join(import.meta.dirname, '..', 'samples', 'aws-events', `${name}.json`), 'utf8')) as Json;

/** Every front door, with an event that it lets through. */
const DOORS = [
  ['rotation', readKmsEvent, sample('kms.cmk-rotation.automatic')],
  ['alias', readKmsEvent, sample('kms.cloudtrail.UpdateAlias')],
  ['key watch', readKeyChange, sample('kms.cloudtrail.DisableKey')],
  ['secret', readSecretEvent, sample('secretsmanager.secret-label-updated.awscurrent')],
  ['tag', readSecretEvent, sample('secretsmanager.cloudtrail.TagResource')],
  ['execution', readExecutionEnd, sample('states.execution-status-change.failed')],
] as const;
const CLOUD_TRAIL = DOORS.filter(([, , event]) => event['detail-type'] === 'AWS API Call via CloudTrail');

const detailOf = (event: Json): Json => event.detail as Json;
/** An event as it is, with the same text in place of another everywhere in it. */
const rewritten = (event: Json, from: string | RegExp, to: string): Json =>
  JSON.parse(JSON.stringify(event).replaceAll(from, to)) as Json;

describe.each(DOORS)('the front door for a %s', (_name, read, event) => {
  test('lets the real one through', () => {
    expect(read(event, HOME).kind).not.toBe('ignored');
  });

  test.each<[string, Json]>([
    ['of another account', { account: '999999999999' }],
    ['of an account that is a number', { account: 111_122_223_333 }],
    ['of this account in a list', { account: ['111122223333'] }],
    ['of this account and a line feed', { account: '111122223333\n' }],
    ['of another Region', { region: 'us-east-1' }],
    ['of this Region in capitals', { region: 'US-WEST-2' }],
    ['that anybody could send', { source: 'my.app' }],
    ['of a source that looks like it', { source: `${event.source}\u200b` }],
    ['of another detail-type', { 'detail-type': '__proto__' }],
    ['without a detail-type', { 'detail-type': { toString: 'x' } }],
    ['whose facts are a list', { detail: [event.detail], resources: {} }],
    ['whose facts are text', { detail: JSON.stringify(event.detail), resources: String(event.resources) }],
    ['without facts', { detail: null, resources: null }],
  ])('ignores one %s', (_what, change) => {
    expect(read({ ...event, ...change }, HOME).kind).toBe('ignored');
  });

  test('keeps of id and time what EventBridge makes of them, and nothing else', () => {
    for (const hostile of ['x\n- all is well', '\u001b[2J', 'a/../b', 'x'.repeat(100_000), { a: 1 }, 7]) {
      const fact = read({ ...event, id: hostile, time: hostile }, HOME);
      if ('event' in fact) expect(fact.event).toEqual({ id: 'unknown', time: '' });
    }
    const right = read(event, HOME);
    if ('event' in right) expect(right.event).toEqual({ id: event.id, time: event.time });
  });

  test('reads nothing from a prototype', () => {
    const inherited = Object.create(event) as Json;
    expect(read(JSON.parse(`{"__proto__":${JSON.stringify(event)}}`), HOME).kind).toBe('ignored');
    expect(read({ ...inherited }, HOME).kind).toBe('ignored');
    expect(read({ ...event, detail: JSON.parse('{"__proto__":{}}'), resources: [] }, HOME).kind).toBe('ignored');
  });

  test('never fails, whatever is in it', () => {
    fc.assert(
      fc.property(fc.anything(), fc.anything(), fc.anything(), (detail, resources, id) => {
        expect(typeof read({ ...event, detail, resources, id }, HOME).kind).toBe('string');
        expect(typeof read({ ...event, detail: { ...detailOf(event), resources: detail } }, HOME).kind).toBe('string');
        expect(read(detail, HOME).kind).toBe('ignored');
      }),
    );
  });
});

describe.each(CLOUD_TRAIL)('a call that CloudTrail recorded, for a %s', (_name, read, event) => {
  test.each(['AccessDenied', '', null, {}, 0])('counts for nothing if it carries the error code %j', (errorCode) => {
    expect(read({ ...event, detail: { ...detailOf(event), errorCode } }, HOME).kind).toBe('ignored');
  });

  test.each(['UPDATEALIAS', '__proto__', 'constructor', ['UpdateAlias'], null])(
    'counts for nothing if it is called %j',
    (eventName) => {
      expect(read({ ...event, detail: { ...detailOf(event), eventName } }, HOME).kind).toBe('ignored');
    },
  );
});

/** ARNs of other places, and what only looks like an ARN of this one. */
const strange = (arn: string): readonly string[] => [
  arn.replace('111122223333', '999999999999'),
  arn.replace('us-west-2', 'eu-west-1'),
  arn.replace('arn:aws:', 'arn:aws-cn:'),
  arn.replace('arn:aws:', 'arn:aws-us-gov:'),
  arn.replace('arn:aws:', 'arn:AWS:'),
  arn.replace('111122223333', '111122223333:999999999999'),
  `${arn}\n`,
  `x${arn}`,
  arn.replace('us-west-2', 'us-west-2\u0000'),
];

describe('the key of an event', () => {
  const events = DOORS.filter(([name]) => ['rotation', 'alias', 'key watch'].includes(name));

  test.each(
    [
      ...strange(KEY),
      KEY.replace('key/', 'key/../'),
      KEY.replace('key/', 'alias/'),
      KEY.replace('1234abcd', '1234аbcd'),
      KEY.replace('1234abcd', '*'),
      `${KEY}/${'x'.repeat(100_000)}`,
    ].map((arn) => [JSON.stringify(arn.slice(0, 120)), arn] as const),
  )('is never %s', (_shown, arn) => {
    for (const [, read, event] of events) {
      const forged = rewritten(event, /arn:aws:kms:[^"]+:key\/[^"]+/g, JSON.stringify(arn).slice(1, -1));
      expect(read(forged, HOME).kind).toBe('ignored');
    }
  });

  test('is the one that the call was about, whatever its parameters say', () => {
    const alias = sample('kms.cloudtrail.UpdateAlias');
    const detail = detailOf(alias);
    const requestParameters = { ...(detail.requestParameters as Json), targetKeyId: 'somebody-elses' };
    const fact = readKmsEvent({ ...alias, detail: { ...detail, requestParameters } }, HOME);
    expect(JSON.stringify(fact)).not.toContain('somebody-elses');
    expect(fact).toMatchObject({ kind: 'key-replacement', key: { account: HOME.account } });
  });

  test.each(['x\ny', '../x', ' ', 'é', 'f'.repeat(1_000)])('has no material %j', (material) => {
    const event = sample('kms.cmk-rotation.automatic');
    const fact = readKmsEvent({ ...event, detail: { 'current-key-material-id': material } }, HOME);
    expect(fact).toMatchObject({ kind: 'material-rotation' });
    expect(fact).not.toHaveProperty('materialId');
  });
});

describe('the secret of an event', () => {
  const label = sample('secretsmanager.secret-label-updated.awscurrent');
  const tagged = sample('secretsmanager.cloudtrail.TagResource');
  const about = (secretId: unknown) =>
    readSecretEvent(
      { ...tagged, detail: { eventName: 'TagResource', resources: null, requestParameters: { secretId } } },
      HOME,
    );

  test.each([...strange(SECRET), SECRET.replace('prod', 'prod\n'), SECRET.replace('prod', 'p*d')])(
    'is never %j',
    (arn) => {
      expect(readSecretEvent({ ...label, resources: [arn] }, HOME).kind).toBe('ignored');
      expect(about(arn).kind).toBe('ignored');
    },
  );

  test.each([
    'arn:aws:secretsmanager:us-west-2:999999999999:secret:prod/databricks/jdbc-password',
    'arn:aws:secretsmanager:eu-west-1:111122223333:secret:prod/databricks/jdbc-password',
    'arn:aws-cn:secretsmanager:us-west-2:111122223333:secret:prod/databricks/jdbc-password',
  ])('is not ours for its name alone: %s', (partial) => {
    expect(about(partial)).toEqual({
      kind: 'ignored',
      reason: 'the secret belongs elsewhere than its event',
    });
  });

  test('may be named without the end of its ARN where it is ours', () => {
    expect(about(SECRET.slice(0, -7))).toMatchObject({ kind: 'secret', name: 'prod/databricks/jdbc-password' });
  });

  test.each(['a b', 'x\ny', 'a*', '$x', 'é', '', 'x'.repeat(513), ['prod'], { name: 'prod' }])(
    'has no name like %j',
    (name) => {
      expect(about(name).kind).toBe('ignored');
    },
  );
});

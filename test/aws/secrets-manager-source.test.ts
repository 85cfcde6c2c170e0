import { CreateSecretCommand, DeleteSecretCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { SecretsManagerSource } from '../../lambda/aws/secrets-manager-source.ts';
import { FAILURE } from '../../lambda/contract/failures.ts';
import type { ReadOutcome } from '../../lambda/domain/secret.ts';
import { type LocalAccount, startLocalAccount } from '../../local/aws/local-account.ts';
import { LocalClock } from '../../local/clock.ts';

const VALUE = 'canary-4f1d7b';

let aws: LocalAccount;
let client: SecretsManagerClient;
let source: SecretsManagerSource;

beforeAll(async () => {
  aws = await startLocalAccount({ account: '111122223333', region: 'us-west-2', port: 0, clock: new LocalClock() });
  client = new SecretsManagerClient({
    endpoint: aws.endpoint.url,
    region: 'us-west-2',
    credentials: { accessKeyId: 'local', secretAccessKey: 'local' },
    maxAttempts: 1,
  });
  source = new SecretsManagerSource(client);
});
afterAll(async () => {
  client.destroy();
  await aws.close();
});

const create = async (Name: string, tags: Readonly<Record<string, string>> = {}, SecretString = VALUE) => {
  const Tags = Object.entries(tags).map(([Key, Value]) => ({ Key, Value }));
  return (await client.send(new CreateSecretCommand({ Name, SecretString, Tags }))).ARN ?? '';
};

const names = async (query: Parameters<SecretsManagerSource['list']>[0]) =>
  (await source.list(query)).map(({ name }) => name).toSorted();

describe('listing', () => {
  test('goes through every page and gives the current version of each secret', async () => {
    for (let index = 0; index < 250; index += 1) await create(`pages/${index}`);

    const found = await source.list({ namePrefixes: ['pages/'] });

    expect(new Set(found.map(({ name }) => name)).size).toBe(250);
    expect(found[0]).toEqual({
      arn: expect.stringContaining(':secret:pages/'),
      name: expect.any(String),
      tags: new Map(),
      versionId: expect.stringMatching(/^[0-9a-f-]{36}$/),
      deletionScheduled: false,
    });
  });

  test('more beginnings of names than one filter takes are asked for in several calls, and none comes twice', async () => {
    const prefixes = Array.from({ length: 23 }, (_, index) => `many/${String.fromCharCode(97 + index)}`);
    for (const prefix of prefixes) await create(`${prefix}-one`);

    expect(await names({ namePrefixes: [...prefixes, 'many/'] })).toEqual(prefixes.map((prefix) => `${prefix}-one`));
  });

  test('a tag is meant exactly, where the filter of AWS matches beginnings, and keys and values apart', async () => {
    await create('tags/exact', { team: 'blue' });
    await create('tags/longer', { team: 'blueberry' });
    await create('tags/other-key', { 'team-lead': 'blue' });
    await create('tags/crossed', { team: 'red', other: 'blue' });
    const below = { namePrefixes: ['tags/'] };

    expect(await names({ ...below, tag: { key: 'team', value: 'blue' } })).toEqual(['tags/exact']);
    expect(await names({ ...below, tag: { key: 'team' } })).toEqual(['tags/crossed', 'tags/exact', 'tags/longer']);
  });

  test('an exclamation mark at the front is part of the name, not a negation', async () => {
    await create('mark/a', { '!odd': '!value' });
    await create('mark/b');

    expect(await names({ tag: { key: '!odd', value: '!value' } })).toEqual(['mark/a']);
    expect(await names({ namePrefixes: ['!mark/a'] })).toEqual([]);
  });
});

describe('describing', () => {
  test('tells a secret with its tags, and that it waits for its deletion', async () => {
    const arn = await create('describe/a', { one: '1' });
    const before = await source.describe(arn);
    await client.send(new DeleteSecretCommand({ SecretId: arn }));

    expect(before).toMatchObject({ arn, name: 'describe/a', tags: new Map([['one', '1']]), deletionScheduled: false });
    expect(await source.describe(arn)).toMatchObject({ arn, deletionScheduled: true });
  });

  test('a secret that is not there is gone', async () => {
    const arn = await create('describe/gone');
    await client.send(new DeleteSecretCommand({ SecretId: arn, ForceDeleteWithoutRecovery: true }));

    expect(await source.describe(arn)).toBe('gone');
  });

  test('a secret made again under the same name is another one', async () => {
    const first = await create('describe/again');
    await client.send(new DeleteSecretCommand({ SecretId: first, ForceDeleteWithoutRecovery: true }));
    const second = await create('describe/again');

    expect(second).not.toBe(first);
    expect(await source.describe(first)).toBe('gone');
  });
});

describe('reading', () => {
  test('gives text and bytes with their version', async () => {
    const text = await create('read/text');
    const made = await client.send(
      new CreateSecretCommand({ Name: 'read/bytes', SecretBinary: new Uint8Array([0, 255, 10]) }),
    );
    const bytes = made.ARN ?? '';

    const outcomes = await source.read([text, bytes]);

    const shownOf = (arn: string) => {
      const outcome = outcomes.get(arn);
      if (outcome?.kind !== 'read') return outcome;
      return outcome.value.kind === 'text' ? outcome.value.text.reveal() : outcome.value.base64.reveal();
    };
    expect([shownOf(text), shownOf(bytes)]).toEqual([VALUE, 'AP8K']);
    expect(outcomes.get(bytes)).toMatchObject({ kind: 'read', versionId: made.VersionId });
    expect(JSON.stringify([...outcomes])).not.toContain(VALUE);
  });

  test('each secret fails alone, with what to do and nothing of AWS’s own words', async () => {
    const good = await create('fail/good');
    const codes = {
      'fail/denied': 'AccessDeniedException',
      'fail/key': 'DecryptionFailure',
      'fail/odd': 'SomethingNewException',
    };
    const arns = new Map<string, string>();
    for (const [name, code] of Object.entries(codes)) {
      arns.set(name, await create(name));
      aws.secrets.deny(name, code);
    }
    const gone = await create('fail/gone');
    await client.send(new DeleteSecretCommand({ SecretId: gone, ForceDeleteWithoutRecovery: true }));

    const outcomes = await source.read([good, ...arns.values(), gone]);

    const failureOf = (outcome: ReadOutcome | undefined) => (outcome?.kind === 'failed' ? outcome.failure : undefined);
    expect(outcomes.get(good)?.kind).toBe('read');
    expect(failureOf(outcomes.get(arns.get('fail/denied') ?? ''))).toMatchObject({
      name: FAILURE.secretUnreadable,
      message: expect.stringContaining('deploy again'),
    });
    expect(failureOf(outcomes.get(arns.get('fail/key') ?? ''))?.message).toContain('decryptWith');
    expect(failureOf(outcomes.get(arns.get('fail/odd') ?? ''))?.message).toMatch(/SomethingNewException$/);
    expect(failureOf(outcomes.get(gone))).toMatchObject({ name: FAILURE.secretNotFound });
    expect([...outcomes.values()].map((each) => failureOf(each)?.message).join()).not.toContain('local run denies');
  });

  test('nothing is asked for nothing, and more than AWS takes at once is refused before it is asked', async () => {
    expect(await source.read([])).toEqual(new Map());
    await expect(source.read(Array.from({ length: 21 }, (_, index) => `arn-${index}`))).rejects.toThrow(RangeError);
  });
});

import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { CREDENTIAL_SECRET } from '../../local/demo/stage.ts';
import { IDS, type SecretWorld, startSecretWorld, told } from './secret-world.ts';

/** A line of a summary, in the name of a workspace. */
const FORGED_LINE = '- ws-2 (2), scope app: 9 SYNCED, 0 calls';

let world: SecretWorld;
beforeAll(async () => {
  world = await startSecretWorld({ [IDS.one]: { name: `ws-1\r\n${FORGED_LINE}\u001b[2J` } });
  world.aws.secrets.hasTrail = false;
  await world.create('app/db', 'right');
  await world.create('teams/db', '{"user":"right"}', { 'databricks:scope': 'team-a' });
  await world.synced();
  for (const { name, value = '{"user":"evil"}', tags = {} } of ATTACKS) await world.create(name, value, tags);
});
afterAll(() => world.close());

interface Attack {
  readonly name: string;
  readonly value?: string | Uint8Array;
  readonly tags?: Readonly<Record<string, string>>;
  /** Keys that it brings, as `workspace/scope/key`; nothing by default. */
  readonly brings?: readonly string[];
}

const in12 = (place: string): readonly string[] => [`${IDS.one}/${place}`, `${IDS.two}/${place}`];
const scope = (name: string) => ({ 'databricks:scope': name });

/** What a team may try that may tag its own secrets, and name them. */
const ATTACKS: readonly Attack[] = [
  // Scopes beyond the binding, and what only looks like one within.
  { name: 'teams/e1', tags: scope('app') },
  { name: 'teams/e2', tags: scope('report') },
  { name: 'teams/e3', tags: scope('team-a/../app') },
  { name: 'teams/e4', tags: scope('../app') },
  { name: 'teams/e5', tags: scope('ｔeam-a') },
  { name: 'teams/e6', tags: scope('tеam-a') },
  { name: 'teams/e7', tags: scope('xteam-a') },
  { name: 'teams/e8', tags: scope('team') },
  { name: 'teams/e9', tags: scope(`team-${'x'.repeat(124)}`) },
  { name: 'teams/e10', tags: scope('team-a team-b') },
  { name: 'teams/e11', tags: scope('') },
  // Case is no difference to Databricks.
  { name: 'teams/cased', tags: scope('TEAM-A'), brings: in12('team-a/cased_user') },
  // Workspaces beyond the binding.
  { name: 'teams/w1', tags: { ...scope('team-a'), 'databricks:workspaces': IDS.three } },
  { name: 'teams/w2', tags: { ...scope('team-a'), 'databricks:workspaces': `../${IDS.one} all` } },
  {
    name: 'teams/w3',
    tags: { ...scope('team-a'), 'databricks:workspaces': `${IDS.three} ${IDS.two} 404` },
    brings: [`${IDS.two}/team-a/w3_user`],
  },
  // Keys of others, and what is no key.
  { name: 'teams/k1', tags: { ...scope('team-a'), 'databricks:key': 'db' } },
  { name: 'teams/k2', tags: { ...scope('team-a'), 'databricks:key': 'DB' } },
  { name: 'teams/other/db', tags: scope('team-a') },
  { name: 'teams/k3', tags: { ...scope('team-a'), 'databricks:key': '../db' } },
  { name: 'teams/k4', tags: { ...scope('team-a'), 'databricks:key': 'dЬ' } },
  { name: 'teams/k5', tags: { ...scope('team-a'), 'databricks:key': 'x'.repeat(128) } },
  // The name of a secret that a binding does not mean.
  { name: 'Teams/n1', tags: scope('team-a') },
  { name: 'x/teams/n2', tags: scope('team-a') },
  { name: 'finance/n3', tags: { ...scope('team-a'), 'databricks:key': 'n3' } },
  { name: 'teams/../n4', tags: scope('team-a'), brings: in12('team-a/n4_user') },
  { name: 'app/n5', tags: scope('team-a'), value: 'own', brings: in12('app/n5') },
  // Values that break what reads them.
  { name: 'teams/j1', tags: scope('team-a'), value: '['.repeat(60_000) },
  { name: 'teams/j2', tags: scope('team-a'), value: `{"a":${'['.repeat(30_000)}${']'.repeat(30_000)}}` },
  { name: 'teams/j3', tags: scope('team-a'), value: '{"a b":"x","../c":"y","é":"z"}' },
  { name: 'teams/j4', tags: scope('team-a'), value: '{"Twin":"x","twin":"y"}' },
  { name: 'teams/j5', tags: scope('team-a'), value: new Uint8Array([0xff, 0xfe, 0]) },
  { name: 'teams/j6', tags: scope('team-a'), value: '"text"' },
  {
    name: 'teams/j7',
    tags: scope('team-a'),
    value:
      '{"__proto__":"p","constructor":"c","big":9007199254740993,"big2":1e400,"twice":"x","twice":"y","none":null}',
    brings: ['__proto__', 'constructor', 'big', 'big2', 'twice'].flatMap((member) => in12(`team-a/j7_${member}`)),
  },
];

/** Every key of every scope, as `workspace/scope/key`. */
const standing = (): readonly string[] =>
  world.databricks.control
    .state()
    .workspaces.flatMap(({ id, secretScopes }) =>
      secretScopes.flatMap(({ name, secrets }) => secrets.map(({ key }) => `${id}/${name.toLowerCase()}/${key}`)),
    )
    .toSorted();
const RIGHT = [...in12('app/db'), ...in12('team-a/db_user')];
const expected = [...RIGHT, ...ATTACKS.flatMap(({ brings = [] }) => brings)].toSorted();

describe('secrets of a team that may tag them', () => {
  test('get into no scope, workspace or key that their binding does not give them', async () => {
    const ended = await world.syncSecrets({});

    expect(ended.error).toBe('SecretSyncIncomplete');
    expect(standing()).toEqual(expected);
    expect(world.scope(IDS.two, 'app').db).toBe('right');
    expect(world.scope(IDS.two, 'team-a')).toMatchObject({
      db_user: 'right',
      j7_big: '9007199254740993',
      j7_big2: '1e400',
    });
    expect(world.scope(IDS.two, 'team-a').j7_twice).toBe('y');
  });

  test('fail alone, each with its name', async () => {
    const summary = await world.summary(await world.syncSecrets({}));

    const failures = (name: string) => new Set(told(summary, name).map(({ failure }) => failure));
    for (const name of ['teams/k1', 'teams/k2', 'teams/other/db', 'teams/j4'])
      expect({ name, failures: failures(name) }).toEqual({ name, failures: new Set(['SecretKeyCollision']) });
    for (const name of ['teams/k3', 'teams/k4', 'teams/k5', 'teams/j3'])
      expect({ name, failures: failures(name) }).toEqual({ name, failures: new Set(['SecretKeyInvalid']) });
    for (const name of ['teams/j1', 'teams/j2', 'teams/j5', 'teams/j6'])
      expect({ name, failures: failures(name) }).toEqual({ name, failures: new Set(['SecretIsNotJson']) });
    expect(summary.problems).toEqual([]);
    expect(summary.scopes.map(({ failure }) => failure).filter((failure) => failure !== null)).toEqual([]);
    expect(summary.warnings.join('\n')).toContain('its tag databricks:scope names app; the binding allows team-*');
    expect(standing()).toEqual(expected);
  });

  test('get no further one by one, as events ask for them', async () => {
    for (const { name } of ATTACKS) await world.syncSecrets({ secret: name });
    expect(standing()).toEqual(expected);
  });

  test('cannot bring in the credentials of this product', async () => {
    await world.aws.secrets.handle('TagResource', {
      SecretId: CREDENTIAL_SECRET,
      Tags: [
        { Key: 'synced', Value: 'yes' },
        { Key: 'databricks:scope', Value: 'team-a' },
      ],
    });
    const { SecretString } = (await world.aws.secrets.handle('GetSecretValue', { SecretId: CREDENTIAL_SECRET })) as {
      readonly SecretString: string;
    };
    expect(SecretString).toContain('client_secret');

    await world.syncSecrets({});
    await world.syncSecrets({ secret: CREDENTIAL_SECRET });

    expect(standing()).toEqual(expected);
  });
});

describe('whoever starts a sync by hand', () => {
  const ARN = 'arn:aws:secretsmanager:us-west-2:999999999999:secret:app/db-AbCdEf';

  test.each([
    ['scopes that no binding reaches', { scopes: ['finance', '../app', '__proto__'] }],
    ['workspaces that no binding reaches', { workspaces: [IDS.three, '../1', '9'.repeat(200)], scopes: ['app'] }],
    ['a secret of another account', { secret: ARN }],
    ['a secret that nothing selects', { secret: 'finance/n3' }],
  ])('changes nothing with %s', async (_what, input) => {
    await world.syncSecrets(input);
    expect(standing()).toEqual(expected);
  });

  test.each([
    ['a binding of the prototype', { bindings: ['__proto__'] }, 'BindingUnknown'],
    ['a field of the prototype', JSON.parse('{"__proto__":{"rewrite":true}}') as object, 'InputInvalid'],
    ['where values should go', { deploymentName: 'evil' }, 'InputInvalid'],
    ['a trigger of many lines', { trigger: { kind: 'request', event: `x\n${FORGED_LINE}` } }, 'InputInvalid'],
    ['a secret of many lines', { secret: `x\n${FORGED_LINE}` }, 'InputInvalid'],
  ])('is refused with %s', async (_what, input, error) => {
    expect(await world.syncSecrets(input)).toMatchObject({ status: 'FAILED', error });
  });

  test('gets no line of its own into a message', () => {
    const messages = world.aws.sns.published.map(({ subject, message }) => `${subject}\n${message}`);
    expect(messages.length).toBeGreaterThan(0);
    expect(messages.join('\n')).toContain(`ws-1 ${FORGED_LINE}`);
    for (const message of messages) {
      expect(message.split('\n')).not.toContain(FORGED_LINE);
      expect(message.replaceAll('\n', '')).not.toMatch(/\p{Cc}/u);
    }
  });
});

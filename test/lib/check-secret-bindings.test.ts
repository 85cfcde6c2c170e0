import { describe, expect, test } from '@jest/globals';
import example from '../../config/example.ts';
import { checkConfig } from '../../lib/config/check-config.ts';
import type { SecretBindingConfig, StageConfig } from '../../lib/config/stage-config.ts';

const ARN = 'arn:aws:secretsmanager:us-west-2:111122223333:secret:prod/one-AbCdEf';
const ONE: SecretBindingConfig = { secrets: { include: [{ arn: ARN }] }, workspaces: 'all', scopes: ['one'] };

const check = (secretBindings: unknown, more: object = {}) =>
  checkConfig({ ...example, secretBindings, ...more } as StageConfig, 'config/test.ts');
const problems = (secretBindings: unknown, more: object = {}): readonly string[] => {
  try {
    check(secretBindings, more);
    return [];
  } catch (error) {
    return (error as Error).message.split('\n').slice(1);
  }
};
const one = (change: object): unknown => ({ one: { ...ONE, ...change } });
const include = (...selectors: readonly unknown[]) => ({ secrets: { include: selectors } });

describe('a secret binding', () => {
  test('gets its defaults, the careful ones', () => {
    expect(check({ one: ONE }).bindings.secretBindings).toEqual([
      {
        id: 'one',
        workspaces: 'all',
        select: { kind: 'scopes', scopes: ['one'], include: [{ by: 'arn', arn: ARN }], exclude: [] },
        keyTemplate: '{basename}',
        json: 'whole',
        access: [],
        otherAccess: 'keep',
        prune: 'off',
        pruneLimit: 20,
        drift: 'repair',
        deletionGraceHours: null,
      },
    ]);
  });

  test('keeps what it says', () => {
    const said = {
      json: 'spread',
      access: [
        { user: 'a@example.com', permission: 'MANAGE' },
        { group: 'data', permission: 'READ' },
        { servicePrincipal: '5f9c1a52', permission: 'WRITE' },
      ],
      ...{ otherAccess: 'remove', initialManagePrincipal: 'users', prune: 'owned', pruneLimit: 1_000, drift: 'report' },
      deletionGraceHours: 0,
    };

    const [binding] = check(one(said)).bindings.secretBindings;

    expect(binding).toMatchObject({
      ...said,
      keyTemplate: '{basename}_{jsonKey}',
      access: [
        { principal: 'a@example.com', permission: 'MANAGE' },
        { principal: 'data', permission: 'READ' },
        { principal: '5f9c1a52', permission: 'WRITE' },
      ],
    });
  });

  test('leaves it to tags where the secrets are taggedUnder a prefix', () => {
    const tagged = { secrets: { taggedUnder: ['teams/'], exclude: [{ namePrefix: 'teams/old/' }] } };

    expect(check(one({ ...tagged, scopes: ['team-*', 'shared'] })).bindings.secretBindings[0]?.select).toEqual({
      kind: 'tags',
      scopes: ['team-*', 'shared'],
      namePrefixes: ['teams/'],
      exclude: [{ by: 'name-prefix', prefix: 'teams/old/' }],
    });
  });

  test('is enough without a key binding, and the other way round; none of both is too little', () => {
    expect(problems({ one: ONE }, { keyBindings: undefined })).toEqual([]);
    expect(problems(undefined)).toEqual([]);
    expect(problems({}, { keyBindings: {} })).toEqual([
      '  - keyBindings: found {}, wanted at least one key binding, or one of secretBindings',
    ]);
  });

  test('names the keys of its secrets, each once for the whole stage and not in the file of bindings', () => {
    const key = 'arn:aws:kms:us-west-2:999988887777:key/1234';
    const checked = check({
      one: { ...ONE, decryptWith: [key] },
      two: { ...ONE, scopes: ['two'], decryptWith: [key] },
    });

    expect(checked.secretKeys).toEqual([key]);
    expect(JSON.stringify(checked.bindings)).not.toContain('999988887777');
  });

  test.each<[string, object, string]>([
    ['a typo', { scope: 'one' }, 'secretBindings.one.scope: found "an unknown setting", wanted one of secrets'],
    ['no secrets', { secrets: undefined }, '.secrets: found nothing, wanted either include'],
    ['both kinds at once', { secrets: { include: [{ arn: ARN }], taggedUnder: ['a'] } }, 'wanted either include'],
    ['a typo in secrets', { secrets: { include: [{ arn: ARN }], except: [] } }, '.secrets.except: found'],
    ['an empty include', include(), '.secrets.include: found [], wanted a list of selectors'],
    [
      'an empty taggedUnder',
      { secrets: { taggedUnder: [] } },
      '.taggedUnder: found [], wanted a list of name prefixes',
    ],
    ['an empty exclude', { secrets: { include: [{ arn: ARN }], exclude: [] } }, '.secrets.exclude: found []'],
    ['a selector of two kinds', include({ arn: ARN, namePrefix: 'a' }), '.include[0]: found'],
    ['a selector of no kind', include({ name: 'a' }), 'wanted one of tag, namePrefix, arn'],
    ['a selector that is text', include('prod/'), 'wanted one of tag, namePrefix, arn'],
    [
      'an empty prefix',
      include({ namePrefix: '' }),
      '.include[0].namePrefix: found "", wanted the beginning of a name',
    ],
    ['a prefix with a wildcard', include({ namePrefix: 'prod/*' }), '.namePrefix: found "prod/*"'],
    ['a tag without a value', include({ tag: { key: 'a' } }), '.include[0].tag.value: found nothing'],
    ['a tag with a wildcard', include({ tag: { key: 'a*', value: '*' } }), '.tag.key: found "a*"'],
    ['a typo in a tag', include({ tag: { key: 'a', value: 'b', values: [] } }), '.tag.values: found'],
    ['a name as ARN', include({ arn: 'prod/one' }), '.include[0].arn: found "prod/one", wanted the whole ARN'],
    ['an ARN without its end', include({ arn: ARN.slice(0, -7) }), 'wanted the whole ARN'],
    [
      'a secret of another Region',
      include({ arn: ARN.replace('us-west-2', 'eu-west-1') }),
      'account 111122223333 in us-',
    ],
    ['a secret of another account', include({ arn: ARN.replace('1111', '9999') }), 'where this stage is deployed'],
    [
      'the credentials of the service principal',
      include({ arn: ARN.replace('prod/one', example.databricks.credentialSecret) }),
      'any secret but databricks.credentialSecret',
    ],
    ['no scopes', { scopes: [] }, '.scopes: found [], wanted a list of scope names'],
    ['a scope name with a slash', { scopes: ['a/b'] }, '.scopes[0]: found "a/b"'],
    ['a scope name that is too long', { scopes: ['a'.repeat(129)] }, '.scopes[0]: found'],
    ['a scope pattern without tags', { scopes: ['team-*'] }, '.scopes[0]: found "team-*"'],
    ['every scope', { secrets: { taggedUnder: ['a'] }, scopes: ['*'] }, '.scopes[0]: found "*"'],
    ['a star in the middle', { secrets: { taggedUnder: ['a'] }, scopes: ['a*b'] }, '.scopes[0]: found "a*b"'],
    ['a scope twice', { scopes: ['one', 'ONE'] }, '.scopes[1]: found "ONE", wanted each scope once'],
    ['a workspace id as a number', { workspaces: [1] }, '.workspaces[0]: found 1, wanted a workspace id as text'],
    ['using-key', { workspaces: 'using-key' }, "wanted 'all' or a list of workspace ids"],
    ['an unknown placeholder', { key: '{arn}' }, '.key: found "{arn}", wanted one of {name}'],
    ['a tag placeholder without a key', { key: '{tag:}' }, '.key: found "{tag:}"'],
    ['a slash in the template', { key: 'a/{basename}' }, 'only letters, digits and . _ @ -'],
    ['an open brace', { key: '{basename' }, 'only letters, digits and . _ @ -'],
    ['an empty template', { key: '' }, 'a template such as {basename}'],
    ['a jsonKey without spread', { key: '{jsonKey}' }, "no {jsonKey} without json: 'spread'"],
    ['spread without a jsonKey', { json: 'spread', key: '{name}' }, '{jsonKey} in it, because json is spread'],
    ['an unknown way of JSON', { json: 'flat' }, '.json: found "flat", wanted one of whole, spread'],
    ['an access list that is none', { access: { group: 'a' } }, '.access: found {"group":"a"}, wanted a list'],
    ['a principal of no kind', { access: [{ name: 'a', permission: 'READ' }] }, '.access[0]: found'],
    ['a principal of two kinds', { access: [{ user: 'a', group: 'a', permission: 'READ' }] }, 'one of user, group'],
    [
      'an empty principal',
      { access: [{ group: ' ', permission: 'READ' }] },
      '.access[0].group: found " ", wanted the d',
    ],
    ['an unknown permission', { access: [{ group: 'a', permission: 'OWN' }] }, '.access[0].permission: found "OWN"'],
    ['a typo in a rule', { access: [{ group: 'a', permission: 'READ', until: 1 }] }, '.access[0].until: found'],
    [
      'a principal twice',
      {
        access: [
          { group: 'Data', permission: 'READ' },
          { user: 'data', permission: 'READ' },
        ],
      },
      '.access[1]: found "data", wanted each principal once',
    ],
    ['an unknown fate of other access', { otherAccess: 'drop' }, 'one of keep, remove'],
    ['another first principal', { initialManagePrincipal: 'admins' }, 'one of users'],
    ['an unknown prune', { prune: 'all' }, '.prune: found "all", wanted one of off, owned'],
    ['a prune limit of nothing', { pruneLimit: 0 }, '.pruneLimit: found 0, wanted a whole number from 1 to 1000'],
    ['an unknown drift', { drift: 'ignore' }, 'one of repair, report'],
    ['too much grace', { deletionGraceHours: 721 }, 'a whole number from 0 to 720'],
    ['an alias to decrypt with', { decryptWith: ['alias/secrets'] }, '.decryptWith[0]: found "alias/secrets"'],
    ['a key of another Region', { decryptWith: ['arn:aws:kms:eu-west-1:111122223333:key/1'] }, 'a key in us-west-2'],
    ['no key at all', { decryptWith: [] }, '.decryptWith: found [], wanted a list of KMS key ARNs'],
  ])('with %s is refused', (_what, change, wanted) => {
    const found = problems(one(change));

    expect(found.join('\n')).toContain(wanted);
    for (const line of found) expect(line).toMatch(/^ {2}- secretBindings\.one\.\S+: found .+, wanted .+/);
  });

  test('tells every problem at once', () => {
    const found = problems({
      Bad_Id: {
        secrets: { include: [{ arn: 'x' }, { namePrefix: '*' }] },
        workspaces: [],
        scopes: [''],
        key: '/',
        x: 1,
      },
      nothing: null,
    });

    expect(found.map((line) => line.trim().split(': ')[0])).toEqual([
      '- secretBindings.Bad_Id',
      '- secretBindings.Bad_Id.x',
      '- secretBindings.Bad_Id.scopes[0]',
      '- secretBindings.Bad_Id.secrets.include[0].arn',
      '- secretBindings.Bad_Id.secrets.include[1].namePrefix',
      '- secretBindings.Bad_Id.workspaces',
      '- secretBindings.Bad_Id.key',
      '- secretBindings.nothing',
    ]);
  });

  test.each([
    ['name', 'databricks/automation', 'databricks/automation'],
    ['ARN', 'arn:aws:secretsmanager:us-west-2:111122223333:secret:own-AbCdEf', 'own'],
  ])('never means the secret that databricks.credentialSecret gives by its %s', (_form, credentialSecret, name) => {
    const arn = `arn:aws:secretsmanager:us-west-2:111122223333:secret:${name}-AbCdEf`;

    const found = problems(one(include({ arn })), { databricks: { ...example.databricks, credentialSecret } });

    expect(found.join('\n')).toContain('any secret but databricks.credentialSecret');
  });
});

describe('two secret bindings that reach the same scope', () => {
  const two = (first: object, second: object) =>
    problems({ first: { ...ONE, ...first }, second: { ...ONE, ...second } });
  const reader = { access: [{ group: 'data', permission: 'READ' }] };
  const writer = { access: [{ group: 'DATA', permission: 'WRITE' }] };
  const tagged = { secrets: { taggedUnder: ['teams/'] } };

  test.each<[string, object, object, string]>([
    ['permissions', reader, writer, '.access: found "WRITE for DATA", wanted READ, because secretBindings.first'],
    ['ideas of other access', {}, { otherAccess: 'remove' }, '.otherAccess: found "remove", wanted keep'],
    [
      'first principals',
      {},
      { initialManagePrincipal: 'users' },
      '.initialManagePrincipal: found "users", wanted nothing',
    ],
  ])('must not have different %s', (_what, first, second, wanted) => {
    expect(two(first, second)).toEqual([expect.stringContaining(`secretBindings.second${wanted}`)]);
  });

  test.each<[string, object, object]>([
    ['the same name in other letters', {}, { scopes: ['ONE'] }],
    ['a pattern and a name it matches', { ...tagged, scopes: ['on*'] }, { scopes: ['One'] }],
    ['a name and a pattern that matches it', {}, { ...tagged, scopes: ['O*'] }],
    ['two patterns, one within the other', { ...tagged, scopes: ['te*'] }, { ...tagged, scopes: ['team-*'] }],
    ['the same pattern', { ...tagged, scopes: ['te*'] }, { ...tagged, scopes: ['TE*'] }],
    ['one workspace in common', { workspaces: ['1', '2'] }, { workspaces: ['2', '3'] }],
    ['every workspace and one', { workspaces: 'all' }, { workspaces: ['3'] }],
  ])('meet by %s', (_how, first, second) => {
    expect(two({ ...reader, ...first }, { ...writer, ...second })).toHaveLength(1);
  });

  test.each<[string, object, object]>([
    ['other names', {}, { scopes: ['two'] }],
    ['a name that goes on', {}, { scopes: ['one-more'] }],
    ['a pattern that asks for more', { ...tagged, scopes: ['one-*'] }, { scopes: ['one'] }],
    ['patterns that part', { ...tagged, scopes: ['a-*'] }, { ...tagged, scopes: ['b-*'] }],
    ['other workspaces', { workspaces: ['1'] }, { workspaces: ['2'] }],
  ])('do not meet by %s', (_how, first, second) => {
    expect(two({ ...reader, ...first }, { ...writer, ...second })).toEqual([]);
  });

  test('may say the same, or speak of other principals', () => {
    expect(two(reader, reader)).toEqual([]);
    expect(two(reader, { access: [{ group: 'others', permission: 'MANAGE' }] })).toEqual([]);
  });
});

describe('the pace of the secret sync', () => {
  test('is every 30 minutes and ten scopes at a time unless the stage says otherwise', () => {
    expect(check({ one: ONE }, { secretSync: undefined }).secretSync).toEqual({ everyMinutes: 30, concurrency: 10 });
    expect(check({ one: ONE }, { secretSync: { everyMinutes: 'off', concurrency: 40 } }).secretSync).toEqual({
      everyMinutes: 'off',
      concurrency: 40,
    });
  });

  test.each<[object, string]>([
    [{ everyMinutes: 4 }, "secretSync.everyMinutes: found 4, wanted 'off' or a whole number from 5 to 1440"],
    [{ everyMinutes: 1441 }, 'secretSync.everyMinutes: found 1441'],
    [{ everyMinutes: 'never' }, 'secretSync.everyMinutes: found "never"'],
    [{ concurrency: 0 }, 'secretSync.concurrency: found 0, wanted a whole number from 1 to 40'],
    [{ concurrency: 41 }, 'secretSync.concurrency: found 41'],
    [{ every: 5 }, 'secretSync.every: found "an unknown setting"'],
  ])('%j is refused', (secretSync, wanted) => {
    expect(problems({ one: ONE }, { secretSync })).toEqual([expect.stringContaining(wanted)]);
  });
});

import { describe, expect, test } from '@jest/globals';
import type { SecretBinding } from '../../lambda/contract/secret-bindings.ts';
import type { SourceSecret } from '../../lambda/domain/secret.ts';
import { keyName } from '../../lambda/domain/secret-key.ts';
import { destinationsOf, mayConcern, queriesOf, reaches, wantsThere } from '../../lambda/domain/secret-selection.ts';
import { arnOf, secretBinding } from '../app/secret-fakes.ts';

const secret = (name: string, tags: Readonly<Record<string, string>> = {}): SourceSecret => ({
  arn: arnOf(name),
  name,
  tags: new Map(Object.entries(tags)),
  versionId: 'v1',
  deletionScheduled: false,
});
const selecting = (...include: Extract<SecretBinding['select'], { readonly kind: 'scopes' }>['include']) =>
  secretBinding({
    select: { kind: 'scopes', scopes: ['app'], include, exclude: [{ by: 'tag', key: 'sync', value: 'no' }] },
  });
const byTags = secretBinding({
  select: { kind: 'tags', scopes: ['team-*', 'shared'], namePrefixes: ['teams/'], exclude: [] },
  workspaces: ['1', '2'],
});

describe('a binding that names its scopes', () => {
  test.each([
    ['a prefix', { by: 'name-prefix', prefix: 'app/' }, 'app/a', 'other/app/a'],
    ['an ARN', { by: 'arn', arn: arnOf('app/a') }, 'app/a', 'app/ab'],
  ] as const)('selects by %s', (_what, selector, good, bad) => {
    const binding = selecting(selector);
    expect(destinationsOf(binding, secret(good)).scopes).toEqual(['app']);
    expect(destinationsOf(binding, secret(bad)).scopes).toEqual([]);
    expect(destinationsOf(binding, secret(good, { sync: 'no' })).scopes).toEqual([]);
    expect(destinationsOf(binding, { ...secret(good), deletionScheduled: true }).scopes).toEqual([]);
  });

  test('selects by a tag, value and case included', () => {
    const binding = selecting({ by: 'tag', key: 'env', value: 'prod' });
    expect(destinationsOf(binding, secret('x', { env: 'prod' })).scopes).toEqual(['app']);
    for (const env of ['Prod', 'production', ''])
      expect(destinationsOf(binding, secret('x', { env })).scopes).toEqual([]);
  });

  test('lists by what AWS can filter, and describes what is named by ARN', () => {
    const binding = selecting(
      { by: 'name-prefix', prefix: 'a/' },
      { by: 'name-prefix', prefix: 'b/' },
      { by: 'tag', key: 'env', value: 'prod' },
      { by: 'arn', arn: arnOf('c') },
    );
    expect(queriesOf(binding.select)).toEqual({
      queries: [{ namePrefixes: ['a/', 'b/'] }, { tag: { key: 'env', value: 'prod' } }],
      arns: [arnOf('c')],
    });
  });

  test('tells from a name whether an event may concern it', () => {
    const binding = selecting({ by: 'name-prefix', prefix: 'a/' }, { by: 'arn', arn: arnOf('c') });
    expect([mayConcern(binding, 'a/x', 'a/x'), mayConcern(binding, 'c', 'c'), mayConcern(binding, 'b', 'b')]).toEqual([
      'yes',
      'yes',
      'no',
    ]);
    expect(mayConcern(selecting({ by: 'tag', key: 'k', value: 'v' }), 'b', 'b')).toBe('if-tagged');
  });
});

describe('a binding that heeds tags', () => {
  const scopesOf = (tags: Readonly<Record<string, string>>, name = 'teams/a') =>
    destinationsOf(byTags, secret(name, tags));

  test('puts a secret where its tags say', () => {
    expect(scopesOf({ 'databricks:scope': 'team-x' })).toEqual({
      scopes: ['team-x'],
      workspaces: null,
      objections: [],
    });
    expect(scopesOf({ 'databricks:scope': 'SHARED', 'databricks:workspaces': '2' })).toMatchObject({
      workspaces: ['2'],
    });
    expect(
      wantsThere(byTags, secret('teams/a', { 'databricks:scope': 'Team-X' }), { workspaceId: '1', scope: 'team-x' }),
    ).toBe(true);
  });

  test.each([
    ['a scope beyond its reach', { 'databricks:scope': 'finance' }],
    ['a scope that only begins like one', { 'databricks:scope': 'shared-2' }],
    ['what is no scope', { 'databricks:scope': 'team-x/../finance' }],
    ['a scope too long', { 'databricks:scope': `team-${'x'.repeat(124)}` }],
  ])('does not follow a tag to %s, and says so', (_what, tags) => {
    expect(scopesOf(tags)).toMatchObject({ scopes: [], objections: [expect.stringContaining('teams/a')] });
  });

  test('does not follow tags of other secrets, nor to other workspaces', () => {
    expect(scopesOf({ 'databricks:scope': 'team-x' }, 'finance/a').scopes).toEqual([]);
    expect(scopesOf({ 'databricks:scope': 'team-x', 'databricks:workspaces': '2 3' })).toMatchObject({
      workspaces: ['2'],
      objections: [expect.stringContaining('names 3')],
    });
  });

  test('reaches what its patterns allow, and no further', () => {
    const reached = ['team-a', 'TEAM-', 'shared', 'team', 'shared-x', 'x-team-a'].filter((scope) =>
      reaches(byTags, { workspaceId: '1', scope }),
    );
    expect(reached).toEqual(['team-a', 'TEAM-', 'shared']);
    expect(reaches(byTags, { workspaceId: '9', scope: 'shared' })).toBe(false);
  });
});

describe('the name of a key', () => {
  const name = (keyTemplate: string, tags = {}, member: string | null = null) =>
    keyName(
      secretBinding({ keyTemplate, json: member === null ? 'whole' : 'spread' }),
      secret('prod/db/pass.word', tags),
      member,
    );

  test.each([
    ['{basename}', 'pass.word'],
    ['{name}', 'prod-db-pass.word'],
    ['db_{basename}', 'db_pass.word'],
    ['{tag:team}_{basename}', 'red_pass.word'],
  ])('by %s is %s', (template, key) => {
    expect(name(template, { team: 'red' })).toEqual({ kind: 'key', key });
  });

  test('of a member holds the member', () => {
    expect(name('{basename}_{jsonKey}', {}, 'user')).toEqual({ kind: 'key', key: 'pass.word_user' });
  });

  test.each([
    ['a tag that is missing', '{tag:team}'],
    ['a character that is not allowed', '{basename}!'],
    ['129 characters', 'x'.repeat(129)],
    ['nothing', ''],
  ])('with %s is refused', (_what, template) => {
    expect(name(template).kind).toBe('refused');
  });

  test('takes 128 characters', () => {
    expect(name('x'.repeat(128)).kind).toBe('key');
  });

  test('comes from the tag where the binding heeds tags, and only there', () => {
    const tags = { 'databricks:key': 'chosen', 'databricks:scope': 'team-x' };
    expect(keyName(byTags, secret('teams/a', tags), null)).toEqual({ kind: 'key', key: 'chosen' });
    expect(keyName({ ...byTags, json: 'spread' }, secret('teams/a', tags), 'user')).toEqual({
      kind: 'key',
      key: 'chosen_user',
    });
    expect(keyName(secretBinding(), secret('app/a', tags), null)).toEqual({ kind: 'key', key: 'a' });
  });

  test.each(['../x', 'a b', '{name}', 'é', ''])('is never what a hostile tag says: %j', (tag) => {
    const key = keyName(byTags, secret('teams/a', { 'databricks:key': tag }), null);
    expect(key.kind === 'refused' || /^[A-Za-z0-9._@-]{1,128}$/.test(key.key)).toBe(true);
  });
});

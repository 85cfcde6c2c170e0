import { describe, expect, test } from '@jest/globals';
import { checkKeyPolicy, neededStatements, type PolicyNeeds } from '../../lambda/domain/key-policy.ts';

const NEEDS: PolicyNeeds = {
  useCases: ['MANAGED_SERVICES', 'STORAGE'],
  reuseKeyForClusterVolumes: true,
  databricksAccountId: '0d26daa6-5e44-4c97-a497-ef015f91254a',
  databricksPrincipal: 'arn:aws:iam::414351767826:root',
  crossAccountRoles: ['arn:aws:iam::111122223333:role/databricks'],
};
const MANAGED: PolicyNeeds = { ...NEEDS, useCases: ['MANAGED_SERVICES'] };
const policy = (...statements: readonly unknown[]): string =>
  JSON.stringify({ Version: '2012-10-17', Statement: statements });
const good = neededStatements(NEEDS).map(({ statement }) => statement);
const sids = (text: string, needs: PolicyNeeds): readonly string[] =>
  checkKeyPolicy(text, needs).missing.map(({ statement }) => statement.Sid);

/** As Databricks' page prints it, for managed services. */
const FROM_THE_PAGE = {
  Sid: 'Allow Databricks to use KMS key for managed services in the control plane',
  Effect: 'Allow',
  Principal: { AWS: 'arn:aws:iam::414351767826:root' },
  Action: ['kms:Encrypt', 'kms:Decrypt'],
  Resource: '*',
  Condition: { StringEquals: { 'aws:PrincipalTag/DatabricksAccountId': [NEEDS.databricksAccountId] } },
};

describe('checking a key policy', () => {
  test('the statements it asks for satisfy it', () => {
    expect(sids(policy(...good), NEEDS)).toEqual([]);
  });

  test.each(good.map((statement) => [statement.Sid]))('without %s exactly that one is missing', (sid) => {
    const storageCoversManaged = sid === 'AllowDatabricksManagedServices';
    expect(sids(policy(...good.filter((one) => one.Sid !== sid)), NEEDS)).toEqual(storageCoversManaged ? [] : [sid]);
  });

  test.each([
    ['the statement of the requirement page', FROM_THE_PAGE],
    ['a bare account id as principal', { ...FROM_THE_PAGE, Principal: { AWS: '414351767826' } }],
    [
      'several accounts in the tag',
      {
        ...FROM_THE_PAGE,
        Condition: { StringEquals: { 'aws:PrincipalTag/DatabricksAccountId': ['other', NEEDS.databricksAccountId] } },
      },
    ],
    [
      'one text instead of a list',
      {
        ...FROM_THE_PAGE,
        Condition: { StringEquals: { 'aws:PrincipalTag/DatabricksAccountId': NEEDS.databricksAccountId } },
      },
    ],
    ['kms:*', { ...FROM_THE_PAGE, Action: 'kms:*' }],
    ['other letter case of actions', { ...FROM_THE_PAGE, Action: ['KMS:encrypt', 'kms:DECRYPT'] }],
  ])('managed services: %s is enough', (_what, statement) => {
    expect(sids(policy(statement), MANAGED)).toEqual([]);
  });

  test.each([
    ['no tag condition', { ...FROM_THE_PAGE, Condition: undefined }],
    [
      'the tag of another account',
      { ...FROM_THE_PAGE, Condition: { StringEquals: { 'aws:PrincipalTag/DatabricksAccountId': ['other'] } } },
    ],
    ['another principal', { ...FROM_THE_PAGE, Principal: { AWS: 'arn:aws:iam::111122223333:root' } }],
    ['only one action', { ...FROM_THE_PAGE, Action: 'kms:Encrypt' }],
    [
      'a condition that narrows it',
      { ...FROM_THE_PAGE, Condition: { ...FROM_THE_PAGE.Condition, IpAddress: { 'aws:SourceIp': '192.0.2.0/24' } } },
    ],
    ['Deny', { ...FROM_THE_PAGE, Effect: 'Deny' }],
  ])('managed services: %s is not enough', (_what, statement) => {
    expect(sids(policy(statement), MANAGED)).toEqual(['AllowDatabricksManagedServices']);
  });

  test('two statements may share the work', () => {
    const halves = ['kms:Encrypt', 'kms:Decrypt'].map((Action) => ({ ...FROM_THE_PAGE, Action }));
    expect(sids(policy(...halves), MANAGED)).toEqual([]);
  });

  test('an unconditional Deny takes away what another statement allows', () => {
    expect(
      sids(policy(FROM_THE_PAGE, { Effect: 'Deny', Principal: '*', Action: 'kms:Decrypt', Resource: '*' }), MANAGED),
    ).toEqual(['AllowDatabricksManagedServices']);
  });

  test('a Deny under a condition is a warning, because only a person can judge it', () => {
    const deny = {
      Sid: 'OnlyUs',
      Effect: 'Deny',
      Principal: '*',
      Action: 'kms:*',
      Condition: { StringNotEquals: { 'aws:PrincipalAccount': '1' } },
    };
    const { missing, warnings } = checkKeyPolicy(policy(FROM_THE_PAGE, deny), MANAGED);
    expect(missing).toEqual([]);
    expect(warnings).toEqual([expect.stringContaining("'OnlyUs' denies kms:Encrypt, kms:Decrypt")]);
  });

  test('each cross-account role needs its EBS statement, unless volumes are not encrypted with this key', () => {
    const roles = ['arn:aws:iam::111122223333:role/a', 'arn:aws:iam::111122223333:role/b'];
    const needs = { ...NEEDS, crossAccountRoles: roles };
    expect(neededStatements(needs).filter(({ purpose }) => purpose.includes('EBS'))).toHaveLength(2);
    expect(
      neededStatements({ ...needs, reuseKeyForClusterVolumes: false }).filter(({ purpose }) => purpose.includes('EBS')),
    ).toHaveLength(0);
  });

  test.each([['{}'], ['{"Statement":{}}'], [policy()]])('%s lacks everything', (text) => {
    expect(sids(text, MANAGED)).toEqual(['AllowDatabricksManagedServices']);
  });
});

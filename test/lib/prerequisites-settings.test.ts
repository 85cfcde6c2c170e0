import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from '@jest/globals';
import { Stack, Validations } from 'aws-cdk-lib';
import { AwsSolutionsChecks } from 'cdk-nag';
import example from '../../config/example.ts';
import { checkConfig } from '../../lib/config/check-config.ts';
import { DATABRICKS_PRINCIPALS } from '../../lib/config/databricks-principals.ts';
import { readPrerequisites } from '../../lib/config/prerequisites.ts';
import { Problems } from '../../lib/config/problems.ts';
import type { PrerequisitesConfig } from '../../lib/config/stage-config.ts';
import { DatabricksSecurityAutomation } from '../../lib/databricks-security-automation.ts';
import { appWithoutBundles, readTemplate } from './stage-template.ts';

const folder = mkdtempSync(join(tmpdir(), 'prerequisites-settings-'));
afterAll(() => rmSync(folder, { recursive: true }));

const HERE: { readonly region: string; readonly awsPrincipal: string } = {
  region: 'us-west-2',
  awsPrincipal: DATABRICKS_PRINCIPALS.commercial,
};
const read = (given: unknown, place: Partial<typeof HERE> = {}) => {
  const problems = new Problems();
  const settings = readPrerequisites(given as PrerequisitesConfig, { ...HERE, ...place }, problems);
  return { settings, problems: problems.list };
};

describe('the settings of prerequisites', () => {
  test('make nothing by default', () => {
    expect(read(undefined)).toEqual({ settings: undefined, problems: [] });
    expect(checkConfig(example, 'x').prerequisites).toBeUndefined();
  });

  test.each(['databricks', 'customer'])('make a role and a bucket for a VPC of %s, and no keys', (network) => {
    const keys = { managedServices: undefined, storage: undefined, reuseKeyForClusterVolumes: true };
    const settings = { network, bucketName: undefined, bucketVersioning: false, passRoles: [], keys };
    expect(read({ network })).toEqual({ settings, problems: [] });
  });

  test('are taken as they are given', () => {
    const given = {
      ...{ network: 'customer', bucketName: 'acme-databricks-root', bucketVersioning: true },
      passRoles: ['arn:aws:iam::111122223333:role/path/etl'],
      keys: { managedServices: 'alias/a', storage: 'alias/b/c', reuseKeyForClusterVolumes: false },
    };
    expect(read(given)).toEqual({ settings: given, problems: [] });
  });

  test.each<[unknown, string, string]>([
    ['on', 'prerequisites', 'an object'],
    [null, 'prerequisites', 'an object'],
    [[], 'prerequisites', 'an object'],
    [{}, 'prerequisites.network', 'one of databricks, customer'],
    [{ network: 'mine' }, 'prerequisites.network', 'one of databricks, customer'],
    [{ vpc: 1 }, 'prerequisites.vpc', 'one of network, bucketName, bucketVersioning, passRoles, keys'],
    ...['My-Bucket', 'a.b.c', 'ab', '-abc', 'xn--abc', 'abc-s3alias', 'a'.repeat(64), 7].map(
      (bucketName): [unknown, string, string] => [
        { bucketName },
        'prerequisites.bucketName',
        'a name that S3 takes: 3 to 63 of a-z, 0-9 and hyphen, no dots',
      ],
    ),
    [{ bucketVersioning: 'on' }, 'prerequisites.bucketVersioning', 'true or false'],
    [{ passRoles: [] }, 'prerequisites.passRoles', 'a list of role ARNs'],
    [{ passRoles: 'arn:aws:iam::111122223333:role/etl' }, 'prerequisites.passRoles', 'a list of role ARNs'],
    [{ passRoles: ['*'] }, 'prerequisites.passRoles[0]', 'the ARN of an IAM role'],
    [{ passRoles: ['arn:aws:iam::111122223333:role/*'] }, 'prerequisites.passRoles[0]', 'the ARN of an IAM role'],
    [{ keys: 'alias/one' }, 'prerequisites.keys', 'an object'],
    [{ keys: null }, 'prerequisites.keys', 'an object'],
    [
      { keys: { dbfs: 'alias/one' } },
      'prerequisites.keys.dbfs',
      'one of managedServices, storage, reuseKeyForClusterVolumes',
    ],
    ...['one', 'alias/aws/ebs', 'alias/', 'arn:aws:kms:us-west-2:111122223333:alias/one', 7].flatMap((alias) =>
      ['managedServices', 'storage'].map((name): [unknown, string, string] => [
        { keys: { [name]: alias } },
        `prerequisites.keys.${name}`,
        'an alias (alias/..., not alias/aws/...)',
      ]),
    ),
    [
      { keys: { storage: 'alias/one', reuseKeyForClusterVolumes: 'no' } },
      'prerequisites.keys.reuseKeyForClusterVolumes',
      'true or false',
    ],
    [
      { keys: { managedServices: 'alias/one', reuseKeyForClusterVolumes: false } },
      'prerequisites.keys.storage',
      'an alias, because reuseKeyForClusterVolumes is about the storage key',
    ],
  ])('%j is refused at %s', (given, path, wanted) => {
    const settings = typeof given === 'object' && given !== null && Object.keys(given).length > 0;
    const { problems } = read(settings && !Array.isArray(given) ? { network: 'customer', ...given } : given);
    expect(problems).toEqual([expect.stringMatching(new RegExp(`^${path.replace(/[[\].]/g, '\\$&')}: found `))]);
    expect(problems[0]).toContain(`wanted ${wanted}`);
  });

  test('make no keys in us-west-1, where Databricks has none', () => {
    const keys = { storage: 'alias/one' };
    expect(read({ network: 'customer', keys }, { region: 'us-west-1' }).problems).toEqual([
      expect.stringMatching(/^prerequisites\.keys: .* wanted none in us-west-1, where Databricks has no/),
    ]);
    expect(read({ network: 'customer' }, { region: 'us-west-1' }).problems).toEqual([]);
  });

  test('trust an AWS account of the same partition only', () => {
    const found = (region: string, awsPrincipal: string) =>
      read({ network: 'customer' }, { region, awsPrincipal }).problems;
    expect(found('us-gov-west-1', DATABRICKS_PRINCIPALS.commercial)).toEqual([
      expect.stringMatching(/^databricks\.awsPrincipal: found .*414351767826.* wanted an AWS account in aws-us-gov, /),
    ]);
    expect(found('us-west-2', DATABRICKS_PRINCIPALS.govcloud)).toEqual([
      expect.stringMatching(/^databricks\.awsPrincipal: .* wanted an AWS account in aws, where us-west-2 is/),
    ]);
    expect(found('us-gov-west-1', DATABRICKS_PRINCIPALS['govcloud-dod'])).toEqual([]);
  });

  test('are told together with every other problem of a configuration', () => {
    const wrong = { ...example, prerequisites: { network: 'none', bucketName: 'A' } as unknown as PrerequisitesConfig };
    expect(() => checkConfig(wrong, 'x')).toThrow(
      /2 problems[\s\S]*prerequisites\.network[\s\S]*prerequisites\.bucketName/,
    );
  });
});

describe('a stage with prerequisites', () => {
  test('makes them beside everything else, passes cdk-nag, and tells them', () => {
    const app = appWithoutBundles(join(folder, 'stage'));
    const stack = new Stack(app, 'Platform', { env: { account: example.aws.account, region: example.aws.region } });
    const { prerequisites } = new DatabricksSecurityAutomation(stack, 'Automation', {
      ...example,
      prerequisites: { network: 'customer', keys: { managedServices: 'alias/one', storage: 'alias/two' } },
    });
    Validations.of(app).addPlugins(new AwsSolutionsChecks(app));
    // Rejects what cdk-nag finds.
    const { outputs, ofType } = readTemplate(app.synth().getStackByName(stack.stackName).template);

    expect(prerequisites?.crossAccountRole.role.roleArn).toBeDefined();
    expect(outputs).toEqual(
      expect.arrayContaining([
        ...['CredentialsRoleArn', 'StorageBucket', 'ManagedServicesKey', 'ManagedServicesKeyArn'],
        ...['StorageKey', 'StorageKeyArn', 'WorkspaceRequest', 'StateTableName'],
      ]),
    );
    expect(ofType('AWS::S3::Bucket')).toHaveLength(1);
    expect(ofType('AWS::KMS::Key')).toHaveLength(2);
  });
});

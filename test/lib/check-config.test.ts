import { describe, expect, test } from '@jest/globals';
import example from '../../config/example.ts';
import { checkConfig } from '../../lib/config/check-config.ts';
import type { StageConfig } from '../../lib/config/stage-config.ts';

const problems = (change: unknown): readonly string[] => {
  try {
    checkConfig({ ...example, ...(change as Partial<StageConfig>) }, 'config/test.ts');
    return [];
  } catch (error) {
    return (error as Error).message.split('\n').slice(1);
  }
};
const binding = (change: object): unknown => ({
  keyBindings: { one: { key: 'alias/x', useCases: ['STORAGE'], workspaces: 'using-key', ...change } },
});

describe('checking a configuration', () => {
  test('the example is right and gets its defaults', () => {
    const { bindings } = checkConfig(example, 'config/example.ts');
    expect(bindings.databricks).toMatchObject({
      accountHost: 'https://accounts.cloud.databricks.com',
      workspaceUrl: 'https://{deployment_name}.cloud.databricks.com',
      awsPrincipal: 'arn:aws:iam::414351767826:root',
    });
    expect(bindings.keyBindings[0]).toMatchObject({
      onMaterialRotation: 'reregister',
      drift: 'repair',
      protect: 'alert',
      retire: 'delete-configuration',
      compute: 'stop-and-restart',
      canary: true,
      concurrency: 5,
    });
    expect(bindings.keyBindings[1]).toMatchObject({ protect: 'alert', retire: 'report' });
  });

  test.each([
    'https://accounts.cloud.databricks.con',
    'https://accounts.cloud.databricks.com.evil.example',
    'https://evildatabricks.com',
    'https://databricks.com@evil.example',
    'https://evil.example/.databricks.com',
    'https://evil.example#.databricks.com',
    'https://evil.example\\.databricks.com',
    'https://accounts.cloud.databricks.com:443@evil.example',
    'https://accounts.cloud.databricksｅ.com',
    'https://10.0.0.1',
    'http://accounts.cloud.databricks.com',
    'http://x.localhost',
    'ftp://accounts.cloud.databricks.com',
  ])('the client secret is never sent to %s', (host) => {
    const told = (change: object) => problems({ ...example, databricks: { ...example.databricks, ...change } }).join();
    expect(told({ accountHost: host, workspaceUrl: 'https://{deployment_name}.cloud.databricks.com' })).toContain(
      'databricks.accountHost: found',
    );
    expect(told({ workspaceUrl: `${host}/{deployment_name}` })).toContain('databricks.workspaceUrl: found');
    expect(told({ workspaceUrl: 'https://cloud.databricks.com.{deployment_name}' })).toContain('below databricks.com');
  });

  test('the three clouds and any other host of Databricks', () => {
    const account = (change: object) =>
      checkConfig({ ...example, databricks: { ...example.databricks, ...change } }, 'x').bindings.databricks;
    expect(account({ accountHost: 'govcloud' })).toMatchObject({
      accountHost: 'https://accounts.cloud.databricks.us',
      awsPrincipal: 'arn:aws-us-gov:iam::044793339203:root',
    });
    expect(account({ accountHost: 'https://accounts.cloud.databricks.us/' }).awsPrincipal).toBe(
      'arn:aws-us-gov:iam::044793339203:root',
    );
    expect(
      account({
        accountHost: 'http://127.0.0.1:4570/account',
        workspaceUrl: 'http://127.0.0.1:4570/w/{deployment_name}',
      }).workspaceUrl,
    ).toBe('http://127.0.0.1:4570/w/{deployment_name}');
  });

  test('every problem is told at once, with its path, what was found and what was wanted', () => {
    const found = problems({
      aws: { account: '12', region: 'somewhere' },
      databricks: {
        accountId: 'x',
        accountHost: 'http://accounts.example.com',
        workspaceUrl: 'https://no-placeholder',
        credentialSecret: '',
      },
      keyBindings: { Bad_Id: { key: 'nonsense', useCases: [], workspaces: [7] } },
      timing: { storageRestMinutes: 5 },
      surprise: true,
    });
    expect(found.map((line) => line.trim().split(':')[0])).toEqual([
      '- surprise',
      '- aws.account',
      '- aws.region',
      '- databricks.accountId',
      '- databricks.accountHost',
      '- databricks.workspaceUrl',
      '- databricks.credentialSecret',
      '- keyBindings.Bad_Id',
      '- keyBindings.Bad_Id.key',
      '- keyBindings.Bad_Id.useCases',
      '- keyBindings.Bad_Id.workspaces[0]',
      '- timing.storageRestMinutes',
    ]);
    expect(found[1]).toContain('found "12", wanted an AWS account id of 12 digits');
  });

  test.each([
    ['a key of us-west-1', { key: 'arn:aws:kms:us-west-1:111122223333:key/1234' }, 'a key outside us-west-1'],
    [
      'a key of another account',
      { key: 'arn:aws:kms:us-west-2:999999999999:key/1234' },
      'a key of account 111122223333 in us-west-2',
    ],
    ["AWS's own alias", { key: 'alias/aws/s3' }, 'not alias/aws/'],
    ['an unknown use case', { useCases: ['NOTEBOOKS'] }, 'one of MANAGED_SERVICES, STORAGE'],
    ['a workspace id as a number', { workspaces: [1234567890123456] }, 'a workspace id as text'],
    ['a workspace twice', { workspaces: ['1', '1'] }, 'each workspace once'],
    ['another protection', { protect: 'enable' }, 'one of alert, cancel-deletion'],
    ['another retirement', { retire: 'delete-key' }, 'one of report, delete-configuration'],
    ['another drift', { drift: 'ignore' }, 'one of repair, report'],
    ['too much at once', { concurrency: 41 }, 'a whole number from 1 to 40'],
    [
      'a window that never opens',
      { maintenanceWindow: { days: [], start: '25:00', durationMinutes: 5, timeZone: 'Mars/Base' } },
      'one or more of MON',
    ],
    ['a typo', { canari: true }, 'one of key, useCases'],
  ])('%s is refused', (_what, change, wanted) => {
    expect(problems(binding(change)).join('\n')).toContain(wanted);
  });

  test('every key is looked at each hour, or as often as the configuration says', () => {
    expect(checkConfig(example, 'x').keyWatch).toEqual({ scheduleMinutes: 60 });
    expect(checkConfig({ ...example, keyWatch: { scheduleMinutes: 5 } }, 'x').keyWatch).toEqual({ scheduleMinutes: 5 });
    expect(problems({ keyWatch: { scheduleMinutes: 4, every: 'hour' } })).toEqual([
      '  - keyWatch.every: found "an unknown setting", wanted one of scheduleMinutes',
      '  - keyWatch.scheduleMinutes: found 4, wanted a whole number from 5 to 1440',
    ]);
  });

  test('key bindings are looked at each day and compute four times an hour, and events are not kept, by default', () => {
    const schedules = (change: object) => {
      const { keyReconciliation, computeSweep, archiveDays } = checkConfig({ ...example, ...change }, 'x');
      return { keyReconciliation, computeSweep, archiveDays };
    };
    expect(schedules({})).toEqual({
      ...{ keyReconciliation: { everyHours: 24 }, computeSweep: { everyMinutes: 15 }, archiveDays: undefined },
    });
    const others = { keyReconciliation: { everyHours: 'off' }, computeSweep: { everyMinutes: 60 } };
    expect(schedules({ ...others, events: { archiveDays: 30 } })).toEqual({ ...others, archiveDays: 30 });
    expect(
      problems({
        ...{ keyReconciliation: { everyHours: 0, at: '03:00' }, computeSweep: { everyMinutes: 'off' } },
        events: { archiveDays: 0.5, bus: 'mine' },
      }),
    ).toEqual([
      '  - keyReconciliation.at: found "an unknown setting", wanted one of everyHours',
      "  - keyReconciliation.everyHours: found 0, wanted 'off' or a whole number from 1 to 168",
      '  - computeSweep.everyMinutes: found "off", wanted a whole number from 5 to 1440',
      '  - events.bus: found "an unknown setting", wanted one of archiveDays',
      '  - events.archiveDays: found 0.5, wanted a whole number from 1 to 365',
    ]);
  });

  test.each([[null], [undefined], [[]], ['text'], [{}]])('%p is refused, not crashed on', (config) => {
    expect(() => checkConfig(config as unknown as StageConfig, 'x')).toThrow('keyBindings: found nothing');
  });
});

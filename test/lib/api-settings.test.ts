import { describe, expect, test } from '@jest/globals';
import example from '../../config/example.ts';
import { readApi } from '../../lib/config/api-settings.ts';
import { checkConfig } from '../../lib/config/check-config.ts';
import { Problems } from '../../lib/config/problems.ts';
import type { ApiConfig, StageConfig } from '../../lib/config/stage-config.ts';

const read = (api: unknown) => {
  const problems = new Problems();
  const settings = readApi(api as ApiConfig, problems);
  return { settings, problems: problems.list };
};
const WEB_ACL = 'arn:aws:wafv2:us-west-2:111122223333:regional/webacl/edge/1234';

describe('the settings of the API', () => {
  test('are there by default, narrow to nobody, and let ten requests through a second', () => {
    const defaults = {
      ...{ vpcEndpoints: [], callers: [], sourceIps: [], webAclArn: undefined },
      ...{ ratePerSecond: 10, burst: 20, makesLogRole: true },
    };
    for (const given of [undefined, {}]) expect(read(given)).toEqual({ settings: defaults, problems: [] });
    expect(checkConfig(example, 'x').api).toEqual(defaults);
  });

  test('leave the API out with `off`', () => {
    expect(read('off')).toEqual({ settings: undefined, problems: [] });
    expect(checkConfig({ ...example, api: 'off' }, 'x').api).toBeUndefined();
  });

  test('are taken as they are given', () => {
    const given = {
      ...{ callers: ['444455556666', 'arn:aws:iam::444455556666:role/ci/deploy', 'arn:aws:iam::444455556666:root'] },
      ...{
        sourceIps: ['192.0.2.0/24', '2001:db8::/32', '0.0.0.0/0', '::/0'],
        webAclArn: WEB_ACL,
        ratePerSecond: 1_000,
        burst: 2_000,
      },
    };
    expect(read({ ...given, accountLogRole: 'present' })).toEqual({
      ...{ settings: { ...given, vpcEndpoints: [], makesLogRole: false }, problems: [] },
    });
    expect(read({ vpcEndpoints: ['vpce-0a1b2c3d'] }).settings?.vpcEndpoints).toEqual(['vpce-0a1b2c3d']);
    expect(read({ accountLogRole: 'create' }).settings?.makesLogRole).toBe(true);
  });

  test.each<[unknown, string, string]>([
    ['on', 'api', "an object, or 'off'"],
    [null, 'api', "an object, or 'off'"],
    [true, 'api', "an object, or 'off'"],
    [
      { rate: 5 },
      'api.rate',
      'one of vpcEndpoints, callers, sourceIps, webAclArn, ratePerSecond, burst, accountLogRole',
    ],
    [{ vpcEndpoints: [] }, 'api.vpcEndpoints', 'a list: the id of a VPC endpoint (vpce-...)'],
    [{ vpcEndpoints: 'vpce-1' }, 'api.vpcEndpoints', 'a list: the id of a VPC endpoint (vpce-...)'],
    [{ vpcEndpoints: ['vpce-1', 'vpc-1'] }, 'api.vpcEndpoints[1]', 'the id of a VPC endpoint (vpce-...)'],
    [{ callers: [] }, 'api.callers', 'a list: an account id'],
    [{ callers: ['*'] }, 'api.callers[0]', 'an account id, or the ARN of an IAM role, user or account root'],
    [{ callers: [111122223333] }, 'api.callers[0]', 'an account id'],
    [{ callers: ['arn:aws:iam::111122223333:role/*'] }, 'api.callers[0]', 'the ARN of an IAM role'],
    [{ callers: ['arn:aws:sts::111122223333:assumed-role/a/b'] }, 'api.callers[0]', 'the ARN of an IAM role'],
    [{ sourceIps: ['192.0.2.1'] }, 'api.sourceIps[0]', 'a CIDR block such as 192.0.2.0/24'],
    [{ sourceIps: ['192.0.2.0/33'] }, 'api.sourceIps[0]', 'a CIDR block'],
    [{ sourceIps: ['300.0.2.0/24'] }, 'api.sourceIps[0]', 'a CIDR block'],
    [{ sourceIps: ['2001:db8::/129'] }, 'api.sourceIps[0]', 'a CIDR block'],
    [{ sourceIps: ['192.0.2.0/08'] }, 'api.sourceIps[0]', 'a CIDR block'],
    [{ sourceIps: ['fe80::1%eth0/64'] }, 'api.sourceIps[0]', 'a CIDR block'],
    [{ sourceIps: ['a/8'] }, 'api.sourceIps[0]', 'a CIDR block'],
    [{ sourceIps: ['192.0.2.0/24'], vpcEndpoints: ['vpce-1'] }, 'api.sourceIps', 'none: a private API is reached'],
    [{ webAclArn: WEB_ACL.replace('regional', 'global') }, 'api.webAclArn', 'the ARN of a regional WAFv2 web ACL'],
    [{ webAclArn: ['x'] }, 'api.webAclArn', 'the ARN of a regional WAFv2 web ACL'],
    [{ ratePerSecond: 0 }, 'api.ratePerSecond', 'a whole number from 1 to 1000'],
    [{ ratePerSecond: 1_001 }, 'api.ratePerSecond', 'a whole number from 1 to 1000'],
    [{ ratePerSecond: '10' }, 'api.ratePerSecond', 'a whole number from 1 to 1000'],
    [{ burst: 2_001 }, 'api.burst', 'a whole number from 1 to 2000'],
    [{ burst: 1.5 }, 'api.burst', 'a whole number from 1 to 2000'],
    [{ accountLogRole: 'none' }, 'api.accountLogRole', 'create or present'],
  ])('%j is refused with its path and what was wanted', (given, path, wanted) => {
    const { problems } = read(given);
    expect(problems).toHaveLength(1);
    expect(problems[0]).toMatch(/^[^ ]+: found .*, wanted /);
    expect(problems[0]?.startsWith(`${path}: found `)).toBe(true);
    expect(problems[0]).toContain(wanted);
    const act = () => checkConfig({ ...example, api: given } as StageConfig, 'config/test.ts');
    expect(act).toThrow(`  - ${path}: found `);
  });

  test('are told of with everything that is wrong at once', () => {
    const { problems } = read({ callers: ['x', 'y'], burst: 0, webAclArn: 'x', surprise: 1 });
    expect(problems.map((line) => line.split(':')[0])).toEqual([
      ...['api.surprise', 'api.callers[0]', 'api.callers[1]', 'api.webAclArn', 'api.burst'],
    ]);
  });
});

import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import type { LocalAccount } from '../../../local/aws/local-account.ts';
import type { TemplateResource } from '../../../local/template/resource.ts';
import { policy, role } from '../../../local/template/role-resources.ts';
import { startAccount } from '../aws/account.ts';

let account: LocalAccount;
beforeEach(async () => {
  account = await startAccount();
  account.permissions.assume('a-function', 'one');
});
afterEach(() => account.close());

const resource = (type: string, properties: TemplateResource['properties']): TemplateResource => ({
  ...{ home: account.home, stackName: 'stack', logicalId: 'One', type, properties, assetDirs: new Map() },
});
const allowing = (Action: unknown, Effect = 'Allow') => ({ Statement: [{ Effect, Action, Resource: '*' }] });
const check = (service: string, action: string) => () =>
  account.permissions.check('AWS4-HMAC-SHA256 Credential=a-function/20260520/us-west-2/kms/aws4_request', {
    ...{ service, action },
  });

describe('what a template allows a role', () => {
  test('are the actions of its policies, wherever they stand', async () => {
    expect(check('kms', 'DescribeKey')).toThrow('kms:DescribeKey');
    await policy(account)(
      resource('AWS::IAM::Policy', { PolicyName: 'p', Roles: ['one'], PolicyDocument: allowing('kms:DescribeKey') }),
    );
    await role(account)(
      resource('AWS::IAM::Role', {
        RoleName: 'one',
        AssumeRolePolicyDocument: {},
        Policies: [{ PolicyName: 'q', PolicyDocument: allowing(['lambda:InvokeFunction', 'sns:Publish']) }],
      }),
    );
    expect(check('kms', 'DescribeKey')).not.toThrow();
    expect(check('lambda', 'Invoke')).not.toThrow();
    expect(check('sns', 'Publish')).not.toThrow();
    expect(check('kms', 'GetKeyPolicy')).toThrow('kms:GetKeyPolicy');
  });

  test('is not guessed where a statement denies', () => {
    const denying = resource('AWS::IAM::Policy', { Roles: ['one'], PolicyDocument: allowing('kms:*', 'Deny') });
    expect(() => policy(account)(denying)).toThrow('knows only statements that allow actions');
  });
});

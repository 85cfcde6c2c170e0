import {
  AccountPrincipal,
  AnyPrincipal,
  ArnPrincipal,
  Effect,
  type IPrincipal,
  PolicyDocument,
  PolicyStatement,
} from 'aws-cdk-lib/aws-iam';
import type { ApiSettings } from '../config/api-settings.ts';

const ACTIONS = ['execute-api:Invoke'];
const EVERY_CALL = ['execute-api:/*'];

/**
 * The resource policy; undefined where IAM of this account alone decides. It lets callers of other accounts in (whose own
 * account has to allow it, too) and keeps requests out that come from elsewhere than configured.
 */
export function apiPolicy(
  { callers, sourceIps, vpcEndpoints }: ApiSettings,
  account: string,
): PolicyDocument | undefined {
  if (callers.length + sourceIps.length + vpcEndpoints.length === 0) return undefined;
  const principals = [new AccountPrincipal(account), ...callers.map(principalOf)];
  const statements = [
    new PolicyStatement({ principals, actions: ACTIONS, resources: EVERY_CALL }),
    ...denied(sourceIps, { NotIpAddress: { 'aws:SourceIp': sourceIps } }),
    ...denied(vpcEndpoints, { StringNotEquals: { 'aws:SourceVpce': vpcEndpoints } }),
  ];
  return new PolicyDocument({ statements });
}

const principalOf = (caller: string): IPrincipal =>
  caller.startsWith('arn:') ? new ArnPrincipal(caller) : new AccountPrincipal(caller);

const denied = (
  places: readonly string[],
  conditions: Readonly<Record<string, unknown>>,
): readonly PolicyStatement[] =>
  places.length === 0
    ? []
    : [
        new PolicyStatement({
          effect: Effect.DENY,
          principals: [new AnyPrincipal()],
          actions: ACTIONS,
          resources: EVERY_CALL,
          conditions,
        }),
      ];

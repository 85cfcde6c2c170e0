import type { AwsCall } from './aws-faults.ts';
import { AwsError } from './service.ts';

/** IAM names the actions of AWS SDKs; this one is an exception. */
const IAM_NAMES: Readonly<Record<string, string>> = { 'lambda:Invoke': 'lambda:InvokeFunction' };

/**
 * What the policies of a role let its function ask for. Only actions are compared, not resources and not conditions: a step
 * that was given too little fails here as it does in AWS, one that was given too much does not. Who has no role here, such
 * as the user of this machine, may do everything.
 */
export class Permissions {
  readonly #allowed = new Map<string, string[]>();
  readonly #roles = new Map<string, string>();

  /** The role may ask for these actions, such as `dynamodb:GetItem` or `kms:*`. */
  allow(role: string, actions: readonly string[]): void {
    this.#allowed.set(role, [...(this.#allowed.get(role) ?? []), ...actions]);
  }

  /** Who signs with this access key acts in the role. */
  assume(accessKeyId: string, role: string): void {
    this.#roles.set(accessKeyId, role);
  }

  /** Throws AccessDeniedException. `authorization` is the header of the request. */
  check(authorization: string | undefined, { service, action }: AwsCall): void {
    const accessKeyId = /Credential=([^/,\s]+)/.exec(authorization ?? '')?.[1] ?? '';
    const role = this.#roles.get(accessKeyId);
    if (role === undefined) return;
    const asked = IAM_NAMES[`${service}:${action}`] ?? `${service}:${action}`;
    if (this.#allowed.get(role)?.some((pattern) => matches(pattern, asked)) === true) return;
    throw new AwsError(
      'AccessDeniedException',
      `User: ${role}/${accessKeyId} is not authorized to perform: ${asked} because no identity-based policy allows the ${asked} action`,
    );
  }
}

/** IAM's wildcards: `*` for any text, `?` for one sign; capitals do not count. */
const matches = (pattern: string, action: string): boolean => {
  const source = pattern
    .replace(/[.+^${}()|[\]\\]/g, '\\$&')
    .replaceAll('*', '.*')
    .replaceAll('?', '.');
  return new RegExp(`^${source}$`, 'i').test(action);
};

import {
  CancelKeyDeletionCommand,
  EnableKeyCommand,
  GetKeyLastUsageCommand,
  type KMSClient,
} from '@aws-sdk/client-kms';
import type { KeyCare } from '../app/key-watch-ports.ts';
import { FAILURE } from '../contract/failures.ts';
import { PROTECT_TAG } from '../contract/key-watch.ts';
import { AutomationError, isFailure } from '../domain/failure.ts';
import type { KeyUse } from '../domain/key-hold.ts';
import { errorName } from './error-name.ts';
import { unlessBusy } from './unless-busy.ts';

const BUSY: ReadonlySet<string> = new Set([
  'ThrottlingException',
  'KMSInternalException',
  'DependencyTimeoutException',
]);

/** AWS KMS: GetKeyLastUsage, and the two calls that bring a key back. */
export class KmsKeyCare implements KeyCare {
  readonly #kms: KMSClient;

  constructor(kms: KMSClient) {
    this.#kms = kms;
  }

  /** `unknown` where KMS does not tell: a Region may lack the call, a policy may refuse it. */
  async lastUse(keyArn: string): Promise<KeyUse> {
    try {
      const { KeyLastUsage: last, TrackingStartDate: from } = await unlessBusy(
        BUSY,
        `KMS is too busy to tell the last use of key ${keyArn}; it is asked again`,
        () => this.#kms.send(new GetKeyLastUsageCommand({ KeyId: keyArn })),
      );
      if (last?.Timestamp !== undefined) {
        return { kind: 'used', at: last.Timestamp.getTime(), operation: last.Operation ?? 'an operation' };
      }
      if (from !== undefined) return { kind: 'unused', trackedSince: from.getTime() };
      return { kind: 'unknown', reason: 'GetKeyLastUsage answered no date' };
    } catch (error) {
      if (isFailure(error, FAILURE.awsThrottled)) throw error;
      return { kind: 'unknown', reason: errorName(error) ?? 'GetKeyLastUsage failed' };
    }
  }

  async cancelDeletion(keyArn: string): Promise<void> {
    await restored(keyArn, 'CancelKeyDeletion', () => this.#kms.send(new CancelKeyDeletionCommand({ KeyId: keyArn })));
  }

  async enable(keyArn: string): Promise<void> {
    await restored(keyArn, 'EnableKey', () => this.#kms.send(new EnableKeyCommand({ KeyId: keyArn })));
  }
}

async function restored(keyArn: string, action: string, call: () => Promise<unknown>): Promise<void> {
  try {
    await unlessBusy(BUSY, `KMS is too busy for ${action} of key ${keyArn}; it is asked again`, call);
  } catch (error) {
    if (isFailure(error, FAILURE.awsThrottled)) throw error;
    const name = errorName(error) ?? 'an error';
    const hint =
      name === 'AccessDeniedException'
        ? `. Its key policy must let IAM of the account decide, and a key that its alias has left must carry the tag ${PROTECT_TAG.key}=${PROTECT_TAG.value}`
        : '';
    throw new AutomationError(FAILURE.keyNotRestored, `KMS answered ${action} of key ${keyArn} with ${name}${hint}`, {
      cause: error,
    });
  }
}

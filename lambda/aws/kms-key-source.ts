import {
  DescribeKeyCommand,
  GetKeyPolicyCommand,
  type KMSClient,
  ListKeyRotationsCommand,
  type RotationsListEntry,
} from '@aws-sdk/client-kms';
import type { KeySource } from '../app/ports.ts';
import { FAILURE } from '../contract/failures.ts';
import { AutomationError } from '../domain/failure.ts';
import type { KeyRotation, KmsKey } from '../domain/key.ts';
import { errorName } from './error-name.ts';

/** AWS KMS, read only: DescribeKey, ListKeyRotations, GetKeyPolicy. */
export class KmsKeySource implements KeySource {
  readonly #kms: KMSClient;

  constructor(kms: KMSClient) {
    this.#kms = kms;
  }

  async describe(key: string): Promise<KmsKey> {
    const { KeyMetadata: found } = await this.#ask(key, () => this.#kms.send(new DescribeKeyCommand({ KeyId: key })));
    if (found?.Arn === undefined || found.KeyId === undefined)
      throw new TypeError(`DescribeKey of ${key} answered no key`);
    return {
      arn: found.Arn,
      id: found.KeyId,
      state: found.KeyState ?? 'unknown',
      spec: found.KeySpec ?? 'unknown',
      usage: found.KeyUsage ?? 'unknown',
      origin: found.Origin ?? 'unknown',
      ...(found.CurrentKeyMaterialId !== undefined && { materialId: found.CurrentKeyMaterialId }),
      ...(found.DeletionDate !== undefined && { deletionAt: found.DeletionDate.toISOString() }),
      ...(found.ValidTo !== undefined && { materialEndsAt: found.ValidTo.toISOString() }),
    };
  }

  async rotations(keyArn: string): Promise<readonly KeyRotation[]> {
    const rotations: KeyRotation[] = [];
    let marker: string | undefined;
    do {
      const page = await this.#ask(keyArn, () =>
        this.#kms.send(new ListKeyRotationsCommand({ KeyId: keyArn, ...(marker !== undefined && { Marker: marker }) })),
      );
      for (const entry of page.Rotations ?? []) rotations.push(...rotation(entry));
      marker = page.Truncated ? page.NextMarker : undefined;
    } while (marker !== undefined);
    return rotations.toSorted((a, b) => Date.parse(b.rotatedAt) - Date.parse(a.rotatedAt));
  }

  async policy(keyArn: string): Promise<string> {
    const { Policy } = await this.#ask(keyArn, () =>
      this.#kms.send(new GetKeyPolicyCommand({ KeyId: keyArn, PolicyName: 'default' })),
    );
    return Policy ?? '{}';
  }

  async #ask<T>(key: string, call: () => Promise<T>): Promise<T> {
    try {
      return await call();
    } catch (error) {
      throw translate(error, key);
    }
  }
}

/** Material that is imported but never was current has no rotation date. */
const rotation = (entry: RotationsListEntry): readonly KeyRotation[] =>
  entry.RotationDate === undefined
    ? []
    : [
        {
          rotatedAt: entry.RotationDate.toISOString(),
          ...(entry.KeyMaterialId !== undefined && { materialId: entry.KeyMaterialId }),
          ...(entry.RotationType !== undefined && { type: entry.RotationType }),
        },
      ];

function translate(error: unknown, key: string): unknown {
  switch (errorName(error)) {
    case 'NotFoundException':
    case 'InvalidArnException':
      return new AutomationError(
        FAILURE.keyNotFound,
        `KMS knows no key ${key} in this account and Region; correct the binding, or create the key or alias`,
        { cause: error },
      );
    case 'AccessDeniedException':
      return new AutomationError(
        FAILURE.keyAccessDenied,
        `KMS refuses to show key ${key}; let its key policy allow this account's IAM (or this function's role) kms:DescribeKey, kms:ListKeyRotations and kms:GetKeyPolicy`,
        { cause: error },
      );
    case 'ThrottlingException':
    case 'KMSInternalException':
    case 'DependencyTimeoutException':
      return new AutomationError(FAILURE.awsThrottled, `KMS is too busy to show key ${key}; it is asked again`, {
        cause: error,
      });
    default:
      return error;
  }
}

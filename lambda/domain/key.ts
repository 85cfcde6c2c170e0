import type { UseCase } from '../contract/bindings.ts';

/** A KMS key as `DescribeKey` tells it. */
export interface KmsKey {
  readonly arn: string;
  /** Bare key id; `mrk-...` for multi-Region keys. */
  readonly id: string;
  readonly state: string;
  readonly spec: string;
  readonly usage: string;
  readonly origin: string;
  /** Id of the current key material, where KMS tells it. */
  readonly materialId?: string;
  /** ISO 8601; when KMS deletes the key, while it waits for that. */
  readonly deletionAt?: string;
  /** ISO 8601; when imported key material is deleted, where it has such a date. */
  readonly materialEndsAt?: string;
}

/** One finished rotation of a key's material. */
export interface KeyRotation {
  /** ISO 8601. */
  readonly rotatedAt: string;
  readonly materialId?: string;
  readonly type?: string;
}

/** Databricks' object that refers to one KMS key ARN. Immutable; at most 110 in an account. */
export interface KeyConfiguration {
  readonly id: string;
  readonly keyArn: string;
  readonly keyAlias?: string;
  readonly useCases: readonly UseCase[];
  /** Effective value: Databricks treats an omitted flag as true when STORAGE is among the use cases. */
  readonly reuseKeyForClusterVolumes: boolean;
  /** Milliseconds since the epoch. */
  readonly createdAt: number;
}

export interface NewKeyConfiguration {
  readonly keyArn: string;
  readonly keyAlias?: string;
  readonly useCases: readonly UseCase[];
  readonly reuseKeyForClusterVolumes: boolean;
}

/** What is known of a key's current material: when it came, and which configurations were registered by us. */
export interface CurrentMaterial {
  /** Names the material in records; keys that KMS tells no material id for are named by their rotation. */
  readonly name: string;
  /** ISO 8601; absent if the material was never rotated. */
  readonly rotatedAt?: string;
  /** Configurations that were registered for it. */
  readonly registered: ReadonlySet<string>;
  /** Configurations that were registered for earlier material. */
  readonly outdated: ReadonlySet<string>;
}

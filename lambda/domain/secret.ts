import type { AutomationError } from './failure.ts';
import type { Sensitive } from './sensitive.ts';

/** An AWS secret as its metadata shows it; never its value. */
export interface SourceSecret {
  readonly arn: string;
  readonly name: string;
  readonly tags: ReadonlyMap<string, string>;
  /** The version that is AWSCURRENT; absent where a secret has no value yet. */
  readonly versionId?: string;
  /** True while it waits for its deletion; its value cannot be read then. */
  readonly deletionScheduled: boolean;
}

/** The value of one version of a secret. It lives in one invocation and has no printable form. */
export type SecretValue =
  | { readonly kind: 'text'; readonly text: Sensitive<string> }
  | { readonly kind: 'bytes'; readonly base64: Sensitive<string> };

/** What reading the current value of one secret came to. */
export type ReadOutcome =
  | { readonly kind: 'read'; readonly versionId: string; readonly value: SecretValue }
  | { readonly kind: 'failed'; readonly failure: AutomationError };

/** Which secrets to list; what is named must all hold. Names and tag values are compared exactly, as AWS holds them. */
export interface SecretQuery {
  readonly namePrefixes?: readonly string[];
  /** Without a value, every secret that carries the tag. */
  readonly tag?: { readonly key: string; readonly value?: string };
}

/** A Databricks secret scope. */
export interface SecretScope {
  readonly name: string;
  readonly backend: 'DATABRICKS' | 'AZURE_KEYVAULT' | (string & {});
}

/** A key in a scope; values cannot be seen here. */
export interface ScopeKey {
  readonly key: string;
  /** Milliseconds since the epoch, as Databricks tells it: changes with every write, whoever made it. */
  readonly updatedAt: number;
}

/** One scope of one workspace. */
export interface ScopePlace {
  readonly workspaceId: string;
  readonly scope: string;
}

/** Databricks tells scopes and keys apart without case. */
export const sameName = (name: string): string => name.toLowerCase();

/** How many bytes a value has. */
export const valueBytes = (value: SecretValue): number => {
  if (value.kind === 'text') return new TextEncoder().encode(value.text.reveal()).length;
  const base64 = value.base64.reveal();
  return Math.floor((base64.replace(/=+$/, '').length * 3) / 4);
};

/** Which AWS secrets go to which scopes of which workspaces, under which names, with which access list. */
export interface SecretBinding {
  readonly id: string;
  /** Workspace ids (decimal strings), or every workspace of the Databricks account in the stage's Region. */
  readonly workspaces: readonly string[] | 'all';
  readonly select: SecretSelection;
  /** `{name}`, `{basename}`, `{jsonKey}` and `{tag:KEY}` are filled in; everything else stands as it is. */
  readonly keyTemplate: string;
  /** `whole`: one key for each secret. `spread`: one key for each member of a secret's JSON object. */
  readonly json: 'whole' | 'spread';
  readonly access: readonly AccessRule[];
  /** What happens to access that this product did not grant. */
  readonly otherAccess: 'keep' | 'remove';
  /** Sent when a scope is created; every user of the workspace may then read and change it. */
  readonly initialManagePrincipal?: 'users';
  /** `owned`: keys that this product wrote and that are no longer wanted are deleted. */
  readonly prune: 'off' | 'owned';
  /** One sync deletes at most this many keys of this binding without a confirmation. */
  readonly pruneLimit: number;
  /** What happens to a key that was edited or deleted in Databricks. */
  readonly drift: 'repair' | 'report';
  /** Hours after which a secret that is scheduled for deletion counts as gone; null waits until it is. */
  readonly deletionGraceHours: number | null;
}

/** `scopes`: the binding says which secrets and where. `tags`: the secrets' own tags say so, within the named reach. */
export type SecretSelection =
  | {
      readonly kind: 'scopes';
      readonly scopes: readonly string[];
      readonly include: readonly SecretSelector[];
      readonly exclude: readonly SecretSelector[];
    }
  | {
      readonly kind: 'tags';
      /** Scopes that tags may name: exact names, or a beginning followed by `*`. */
      readonly scopes: readonly string[];
      /** Beginnings of the names of secrets whose tags count. */
      readonly namePrefixes: readonly string[];
      readonly exclude: readonly SecretSelector[];
    };

export type SecretSelector =
  | { readonly by: 'tag'; readonly key: string; readonly value: string }
  | { readonly by: 'name-prefix'; readonly prefix: string }
  | { readonly by: 'arn'; readonly arn: string };

export type Permission = 'READ' | 'WRITE' | 'MANAGE';

export interface AccessRule {
  /** E-mail address of a user, display name of a group, or application id of a service principal. */
  readonly principal: string;
  readonly permission: Permission;
}

/** A scope's name as Databricks takes it (Secrets API, and `@` in its newer documentation). */
export const SCOPE_NAME = /^[A-Za-z0-9._@-]{1,128}$/;

/** Tags that a secret may carry for a binding of kind `tags`. */
export const SECRET_TAG = {
  scope: 'databricks:scope',
  key: 'databricks:key',
  /** Workspace ids, separated by spaces; every workspace of the binding if absent. */
  workspaces: 'databricks:workspaces',
} as const;

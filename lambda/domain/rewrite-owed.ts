import type { Workspace } from './workspace.ts';

/** That the secrets of a workspace have to be written again, because their encryption key changes. */
export interface RewriteOwed {
  readonly rewriteId: string;
  /** Not before the workspace has left this key configuration (empty: none); null once it has. */
  readonly leaving: string | null;
}

/** Secrets that are written before the workspace has left the old key would stay under it. */
export const isDue = (
  { leaving }: RewriteOwed,
  managedServicesKeyId: Workspace['managedServicesKeyId'] | undefined,
): boolean => leaving === null || (managedServicesKeyId ?? '') !== leaving;

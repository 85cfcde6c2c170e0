import { FAILURE, type FailureName } from '../contract/failures.ts';

/** What is known of a refused workspace change. */
export interface PatchRefusal {
  readonly name: FailureName;
  readonly status: number | undefined;
  readonly serverMessage: string | undefined;
}

const COMPUTE = /\b(?:clusters?|compute|instance pools?|pools?|(?:SQL )?warehouses?|SQL endpoints?)\b/i;
const RUNS = /\b(?:running|active|terminat\w*|stop(?:ped)?|shut ?down)\b/i;
const STORAGE_KEY = /\bstorage\b.*\bkey\b|\bkey\b.*\bstorage\b|storage_customer_managed_key/i;
const CANNOT_REPLACE = /\b(?:cannot|can't|can not|not allowed|not supported|unable)\b.*\b(?:replac|updat|rotat|chang)/i;
const UNDER_WAY = /\bin progress\b|\bbeing updated\b|\balready updating\b|\bconcurrent\b|\bPROVISIONING\b/i;

/** Only these say "your change was turned away as it stands". */
const TURNED_AWAY: ReadonlySet<FailureName> = new Set<FailureName>([
  FAILURE.databricksRefused,
  FAILURE.databricksConflict,
  FAILURE.databricksUnavailable,
]);

/**
 * The failure that a refused key change really is, or undefined to keep the one it has. 509 is documented for changes
 * of running workspaces during Databricks' maintenance; 409 without known words means that something else works on the
 * workspace. The words of a refusal because of running compute are not documented: any that speak of compute that runs
 * or must stop are taken for it.
 */
export const patchFailure = ({ name, status, serverMessage = '' }: PatchRefusal): FailureName | undefined => {
  if (!TURNED_AWAY.has(name)) return undefined;
  if (status === 509) return FAILURE.workspaceBusy;
  if (name === FAILURE.databricksUnavailable) return undefined;
  if (COMPUTE.test(serverMessage) && RUNS.test(serverMessage)) return FAILURE.computeRunning;
  if (STORAGE_KEY.test(serverMessage) && CANNOT_REPLACE.test(serverMessage)) return FAILURE.storageKeyIsPermanent;
  if (status === 409 || UNDER_WAY.test(serverMessage)) return FAILURE.workspaceBusy;
  return undefined;
};

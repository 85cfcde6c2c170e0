import { FAILURE } from '../contract/failures.ts';
import { isFailure } from '../domain/failure.ts';
import { DatabricksError } from './databricks-error.ts';

/** Words with which Databricks says that the path itself is wrong (account id, host), not that a thing is missing. */
const WRONG_PATH = /\binvalid endpoint\b|\bno API found\b|\bendpoint not found\b/i;

/** True if the thing asked for does not exist. A wrong account id or path also answers 404, and is not that. */
export const isMissing = (error: unknown): boolean => {
  if (!isFailure(error, FAILURE.databricksNotFound)) return false;
  if (!(error instanceof DatabricksError)) return true;
  return error.code !== 'ENDPOINT_NOT_FOUND' && !WRONG_PATH.test(error.serverMessage ?? '');
};

/** True if `act` was done, false if what it is about no longer exists; every other failure is passed on. */
export const ifStillThere = async (act: () => Promise<unknown>): Promise<boolean> => {
  try {
    await act();
    return true;
  } catch (error) {
    if (isMissing(error)) return false;
    throw error;
  }
};

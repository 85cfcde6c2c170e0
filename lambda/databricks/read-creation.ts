import { FAILURE } from '../contract/failures.ts';
import { AutomationError, isFailure } from '../domain/failure.ts';

/**
 * What `create` answers. Where the answer came and could not be read, the thing may stand all the same: that fails with
 * DatabricksOutcomeUnknown, as a lost answer does.
 */
export const readCreation = async <T>(what: string, create: () => Promise<T>): Promise<T> => {
  try {
    return await create();
  } catch (error) {
    if (!isFailure(error, FAILURE.databricksAnswerUnreadable)) throw error;
    throw new AutomationError(
      FAILURE.databricksOutcomeUnknown,
      `${what} may have been created, but the answer could not be read (${error.message}); look before asking again`,
      { cause: error },
    );
  }
};

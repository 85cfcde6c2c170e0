import { expect, test } from '@jest/globals';
import { FAILURE } from '../../lambda/contract/failures.ts';
import { patchFailure } from '../../lambda/databricks/patch-failure.ts';

const { databricksRefused: refused, databricksConflict: conflict, databricksUnavailable: unavailable } = FAILURE;

test.each([
  [refused, 400, 'Cannot update workspace 12 while clusters are running', FAILURE.computeRunning],
  [conflict, 409, 'You must terminate all cluster instances first', FAILURE.computeRunning],
  [
    refused,
    400,
    'Stop all running SQL warehouses before updating the storage key; cannot update now',
    FAILURE.computeRunning,
  ],
  [conflict, 409, '', FAILURE.workspaceBusy],
  [conflict, 400, 'Workspace update already in progress', FAILURE.workspaceBusy],
  [unavailable, 509, '', FAILURE.workspaceBusy],
  [
    refused,
    400,
    'You cannot replace an existing key configuration for workspace storage',
    FAILURE.storageKeyIsPermanent,
  ],
  [refused, 400, 'Invalid customerManagedKeyId: 12', undefined],
  [conflict, 400, 'workspace is not in the right state', undefined],
  [unavailable, 503, 'clusters are running', undefined],
  [FAILURE.databricksPermissionDenied, 403, 'compute is running', undefined],
  [FAILURE.databricksOutcomeUnknown, 500, 'update in progress', undefined],
])('%s %i %j is %s', (name, status, serverMessage, expected) => {
  expect(patchFailure({ name, status, serverMessage })).toBe(expected);
});

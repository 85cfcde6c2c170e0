// All were observed on workspaces that had just been created.
const WORKER_ERRORS: readonly ((id: string) => string)[] = [
  (id) => `Current organization ${id} does not have any associated worker environments`,
  (id) => `There is no worker environment with id ${id}`,
  () => 'Unknown worker environment',
];

/**
 * What the host of a workspace says while there is nothing behind it: another text each ten seconds, because a client
 * must know them all. The one for no time left is the one most often seen.
 */
export const workerError = (workspaceId: string, remainingMs: number): string => {
  const error = WORKER_ERRORS[Math.floor(remainingMs / 10_000) % WORKER_ERRORS.length];
  return (error ?? String)(workspaceId);
};

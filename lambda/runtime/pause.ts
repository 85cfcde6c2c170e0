import { setTimeout as wait } from 'node:timers/promises';

/** Really waits, milliseconds. */
export const pause = async (ms: number): Promise<void> => {
  await wait(ms);
};

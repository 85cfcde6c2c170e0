import type { FromWorker } from './worker-messages.ts';

type Stream = 'stdout' | 'stderr';

/**
 * Sends what is printed in this thread to the main thread, line by line and in order with the thread's other messages;
 * the thread's own streams would arrive late. `flush` sends what has no line end yet.
 */
export const captureOutput = (tell: (message: FromWorker) => void): { readonly flush: () => void } => {
  const rest: Record<Stream, string> = { stdout: '', stderr: '' };
  const streams: readonly Stream[] = ['stdout', 'stderr'];
  for (const stream of streams) {
    const write = (chunk: string | Uint8Array, ...others: readonly unknown[]): boolean => {
      const lines = (rest[stream] + (typeof chunk === 'string' ? chunk : Buffer.from(chunk).toString())).split('\n');
      rest[stream] = lines.pop() ?? '';
      for (const text of lines) tell({ kind: 'log', stream, text });
      const done = others.at(-1);
      if (typeof done === 'function') done();
      return true;
    };
    process[stream].write = write;
  }
  return {
    flush: () => {
      for (const stream of streams) {
        if (rest[stream] !== '') tell({ kind: 'log', stream, text: rest[stream] });
        rest[stream] = '';
      }
    },
  };
};

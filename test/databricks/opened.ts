import { afterEach } from '@jest/globals';
import { type Bench, type BenchOptions, startBench } from './client-bench.ts';
import { type Answerer, type ScriptedServer, startServer } from './scripted-server.ts';

interface Opened {
  readonly bench: (answerer: Answerer, options?: BenchOptions) => Promise<Bench>;
  readonly server: (answerer: Answerer) => Promise<ScriptedServer>;
  /** Whatever else is to be closed. */
  readonly closeLater: (close: () => Promise<void>) => void;
}

/** Opens benches and servers for the tests of a file, and closes them after each. */
export function opened(): Opened {
  const open: { close(): Promise<void> }[] = [];
  afterEach(async () => {
    for (const one of open.splice(0).toReversed()) await one.close();
  });
  const kept = <One extends { close(): Promise<void> }>(one: One): One => {
    open.push(one);
    return one;
  };
  return {
    bench: async (answerer, options) => kept(await startBench(answerer, options)),
    server: async (answerer) => kept(await startServer(answerer)),
    closeLater: (close) => void kept({ close }),
  };
}

import { join } from 'node:path';
import { LocalClock } from '../../../local/clock.ts';
import type { FunctionSpec, LogLine } from '../../../local/lambda/function-spec.ts';
import { LambdaPool } from '../../../local/lambda/lambda-pool.ts';

/** A pool with one function of the fixture bundle, and what it printed. */
export const poolWith = (handler: string, spec: Partial<FunctionSpec> = {}) => {
  const clock = new LocalClock();
  const lines: LogLine[] = [];
  const pool = new LambdaPool({
    clock,
    region: 'us-west-2',
    endpointUrl: () => 'http://127.0.0.1:4566',
    environment: { SIMULATOR_URL: 'http://127.0.0.1:9' },
    onLog: (line) => lines.push(line),
  });
  pool.add({
    name: 'worker',
    arn: 'arn:aws:lambda:us-west-2:111122223333:function:worker',
    assetDir: join(import.meta.dirname, 'fixtures/bundle'),
    handler: `index.${handler}`,
    timeoutSeconds: 3600,
    memoryMb: 256,
    environment: { TABLE: 'state' },
    ...spec,
  });
  const run = async (event: unknown = {}) => {
    const outcome = await pool.invoke('worker', JSON.stringify(event));
    return { kind: outcome.kind, payload: JSON.parse(outcome.payload) };
  };
  return { clock, lines, pool, run };
};

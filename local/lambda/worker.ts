import { parentPort, workerData } from 'node:worker_threads';
import { asFunctionError } from './function-error.ts';
import { loadHandler } from './load-handler.ts';
import { followLocalClock } from './worker-clock.ts';
import { watchForDeath } from './worker-death.ts';
import type { FromWorker, ToWorker, WorkerStart } from './worker-messages.ts';
import { captureOutput } from './worker-output.ts';
import { replaceSleep } from './worker-sleep.ts';

// The entry of a worker thread: it becomes one execution environment of one function.

// The cache is in use by now; functions see only their own variables.
delete process.env.NODE_COMPILE_CACHE;
const start: WorkerStart = workerData;
const port = parentPort;
if (port === null) throw new Error('this file only runs as a worker thread');

const tell = (message: FromWorker): void => port.postMessage(message);
const output = captureOutput(tell);
const now = followLocalClock(start.offset, start.skewMs);
const sleep = replaceSleep({ now, tell });
const death = watchForDeath({
  crash: () => process.exit(1),
  timeout: () => {
    // A sleep that was announced must not be taken for the one that lasts until the invocation's time is over.
    tell({ kind: 'stirred' });
    tell({ kind: 'asleep', until: Number.MAX_SAFE_INTEGER });
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0);
  },
});

const run = async (
  handler: (event: unknown, context: unknown) => unknown,
  job: Extract<ToWorker, { kind: 'invoke' }>,
): Promise<FromWorker> => {
  process.env._X_AMZN_TRACE_ID = job.traceId;
  const startedAt = performance.now();
  const context = {
    callbackWaitsForEmptyEventLoop: true,
    functionName: job.functionName,
    functionVersion: '$LATEST',
    invokedFunctionArn: job.functionArn,
    memoryLimitInMB: String(job.memoryMb),
    awsRequestId: job.requestId,
    logGroupName: process.env.AWS_LAMBDA_LOG_GROUP_NAME,
    logStreamName: process.env.AWS_LAMBDA_LOG_STREAM_NAME,
    getRemainingTimeInMillis: () =>
      Math.max(0, Math.round(job.timeoutMs - (performance.now() - startedAt) - sleep.skippedMs())),
  };
  try {
    const result = await handler(JSON.parse(job.payload), context);
    return { kind: 'success', payload: JSON.stringify(result ?? null) };
  } catch (error) {
    return { kind: 'error', error: asFunctionError(error) };
  }
};

const loaded = await loadHandler(start).catch((error: unknown) => {
  tell({ kind: 'unusable', error: asFunctionError(error) });
  return undefined;
});

if (loaded !== undefined) {
  port.on('message', (message: ToWorker) => {
    if (message.kind === 'woken') return sleep.woken(message.sleptMs);
    sleep.begin();
    death.begin(message.death);
    void run(loaded, message).then((ended) => {
      death.end();
      sleep.end();
      output.flush();
      tell(ended);
    });
  });
  tell({ kind: 'ready' });
}

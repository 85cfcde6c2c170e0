import { randomBytes } from 'node:crypto';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Worker } from 'node:worker_threads';
import type { LocalClock } from '../clock.ts';
import type { FunctionError, FunctionSpec, LogLine, Outcome } from './function-spec.ts';
import { InvocationTime } from './invocation-time.ts';
import type { Death } from './lambda-faults.ts';
import type { FromWorker, ToWorker, WorkerStart } from './worker-messages.ts';

/** Where `module.enableCompileCache` keeps what it compiled unless told otherwise: threads begin a third sooner. */
const COMPILE_CACHE = join(tmpdir(), 'node-compile-cache');

/** Longer than Lambda's 10 s, because a laptop under load imports a bundle more slowly. */
const INIT_TIMEOUT_MS = 30_000;

export interface EnvironmentSettings {
  readonly spec: FunctionSpec;
  readonly clock: LocalClock;
  /** All that the function sees as `process.env`. */
  readonly env: Readonly<Record<string, string>>;
  readonly onLog: (line: LogLine) => void;
  /** Milliseconds by which its clock is ahead. */
  readonly skewMs: number;
}

interface Running {
  readonly requestId: string;
  readonly payload: string;
  readonly death: Death | undefined;
  readonly resolve: (outcome: Outcome) => void;
  time?: InvocationTime;
}

/** One worker thread with a function's bundle in it: runs one invocation at a time and stays warm between them. */
export class ExecutionEnvironment {
  readonly #settings: EnvironmentSettings;
  readonly #worker: Worker;
  readonly #ended: Promise<void>;
  #ready = false;
  #running: Running | undefined;
  /** False when the thread has died, timed out or could not load the bundle. */
  usable = true;

  constructor(settings: EnvironmentSettings) {
    this.#settings = settings;
    const start: WorkerStart = {
      // LocalClock makes its array over shared memory.
      offset: settings.clock.offset.buffer as unknown as SharedArrayBuffer,
      assetDir: settings.spec.assetDir,
      handler: settings.spec.handler,
      skewMs: settings.skewMs,
    };
    this.#worker = new Worker(new URL('./worker.ts', import.meta.url), {
      workerData: start,
      env: { ...settings.env, NODE_COMPILE_CACHE: COMPILE_CACHE },
      execArgv: [],
      argv: [],
    });
    this.#worker.on('message', (message: FromWorker) => this.#hear(message));
    this.#worker.on('error', (error) => this.#fail(crash(error)));
    this.#ended = new Promise((resolve) => {
      this.#worker.on('exit', (code) => {
        this.#fail({
          errorType: 'Runtime.ExitError',
          errorMessage: `RequestId: ${this.#running?.requestId} Error: Runtime exited with error: exit status ${code}`,
          trace: [],
        });
        resolve();
      });
    });
  }

  /** True while an invocation runs. */
  get busy(): boolean {
    return this.#running !== undefined;
  }

  /** Runs the function once, or until it dies. Call it only while the environment is usable and not busy. */
  invoke(requestId: string, payload: string, death?: Death): Promise<Outcome> {
    return new Promise((resolve) => {
      const running: Running = { requestId, payload, death, resolve };
      // Loading counts as work, too: time waits for it.
      running.time = new InvocationTime(this.#settings.clock, INIT_TIMEOUT_MS, () => this.#timeOut(INIT_TIMEOUT_MS));
      this.#running = running;
      if (this.#ready) this.#begin(running);
    });
  }

  /** Ends the thread; an invocation that runs ends with an error. */
  async stop(): Promise<void> {
    this.usable = false;
    await this.#worker.terminate();
    await this.#ended;
  }

  #begin(running: Running): void {
    const { spec, clock } = this.#settings;
    const timeoutMs = spec.timeoutSeconds * 1_000;
    const loading = running.time;
    running.time = new InvocationTime(clock, timeoutMs, () => this.#timeOut(timeoutMs));
    loading?.end();
    this.#tell({
      kind: 'invoke',
      requestId: running.requestId,
      traceId: traceId(clock.now()),
      payload: running.payload,
      functionName: spec.name,
      functionArn: spec.arn,
      memoryMb: spec.memoryMb,
      timeoutMs,
      death: running.death,
    });
  }

  #tell(message: ToWorker): void {
    this.#worker.postMessage(message);
  }

  #hear(message: FromWorker): void {
    const running = this.#running;
    switch (message.kind) {
      case 'ready':
        this.#ready = true;
        if (running !== undefined) this.#begin(running);
        return;
      case 'unusable':
        this.#fail(message.error);
        return;
      case 'log':
        this.#log(message.stream, message.text);
        return;
      case 'asleep':
        void this.#sleep(message.until);
        return;
      case 'stirred':
        running?.time?.rouse();
        return;
      case 'success':
        this.#finish((requestId) => ({ kind: 'success', requestId, payload: message.payload }));
        return;
      case 'error':
        this.#finish((requestId) => failed(requestId, message.error));
    }
  }

  async #sleep(until: number): Promise<void> {
    const time = this.#running?.time;
    if (time === undefined) {
      // A pause that the last invocation left behind; it must not hold the next one's pauses back.
      this.#tell({ kind: 'woken', sleptMs: 0 });
      return;
    }
    const goesOn = await time.sleep(until);
    if (goesOn) this.#tell({ kind: 'woken', sleptMs: time.skippedMs });
  }

  #log(stream: 'stdout' | 'stderr', text: string): void {
    const { spec, clock, onLog } = this.#settings;
    onLog({ functionName: spec.name, requestId: this.#running?.requestId ?? 'init', stream, text, at: clock.now() });
  }

  /** Lambda throws the environment away after a timeout. */
  #timeOut(timeoutMs: number): void {
    const seconds = (timeoutMs / 1_000).toFixed(2);
    const told = `RequestId: ${this.#running?.requestId} Error: Task timed out after ${seconds} seconds`;
    this.#log('stdout', told);
    this.#fail({ errorType: 'Sandbox.Timedout', errorMessage: told, trace: [] });
  }

  #fail(error: FunctionError): void {
    this.usable = false;
    void this.#worker.terminate();
    this.#finish((requestId) => failed(requestId, error));
  }

  #finish(outcome: (requestId: string) => Outcome): void {
    const running = this.#running;
    if (running === undefined) return;
    this.#running = undefined;
    running.time?.end();
    running.resolve(outcome(running.requestId));
  }
}

const failed = (requestId: string, error: FunctionError): Outcome => {
  const { errorType, errorMessage, trace } = error;
  return { kind: 'error', requestId, payload: JSON.stringify({ errorType, errorMessage, trace }), error };
};

/** What nobody caught in the thread. */
const crash = (error: unknown): FunctionError => ({
  errorType: error instanceof Error ? error.name : 'Runtime.Unknown',
  errorMessage: error instanceof Error ? error.message : String(error),
  trace: error instanceof Error ? (error.stack ?? '').split('\n') : [],
});

/** `Root=1-<seconds in hex>-<96 bits>`, not sampled. */
const traceId = (now: number): string => {
  const seconds = Math.floor(now / 1_000).toString(16);
  return `Root=1-${seconds}-${randomBytes(12).toString('hex')};Parent=${randomBytes(8).toString('hex')};Sampled=0`;
};

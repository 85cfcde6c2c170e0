import type { FunctionError } from './function-spec.ts';
import type { Death } from './lambda-faults.ts';

/** What a worker is started with. */
export interface WorkerStart {
  /** The memory of `LocalClock.offset`. */
  readonly offset: SharedArrayBuffer;
  readonly assetDir: string;
  readonly handler: string;
  /** Milliseconds by which this thread's clock is ahead of the local one. */
  readonly skewMs: number;
}

/** What a worker is told. */
export type ToWorker =
  | {
      readonly kind: 'invoke';
      readonly requestId: string;
      readonly traceId: string;
      readonly payload: string;
      readonly functionName: string;
      readonly functionArn: string;
      readonly memoryMb: number;
      readonly timeoutMs: number;
      readonly death?: Death | undefined;
    }
  /** The sleep that was announced by `asleep` is over; `sleptMs` is all the time that this invocation has skipped. */
  | { readonly kind: 'woken'; readonly sleptMs: number };

/** What a worker tells. */
export type FromWorker =
  /** The bundle is loaded. */
  | { readonly kind: 'ready' }
  /** The bundle could not be loaded; the worker is of no use. */
  | { readonly kind: 'unusable'; readonly error: FunctionError }
  | { readonly kind: 'log'; readonly stream: 'stdout' | 'stderr'; readonly text: string }
  /** Nothing is left to do before `until`, in milliseconds of the local clock. */
  | { readonly kind: 'asleep'; readonly until: number }
  /** Something began although the worker had said that it sleeps; it wants to be woken. */
  | { readonly kind: 'stirred' }
  | { readonly kind: 'success'; readonly payload: string }
  | { readonly kind: 'error'; readonly error: FunctionError };

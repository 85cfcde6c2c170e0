import type { StatesBlock } from './definition.ts';

/** How an execution ended. */
export type Outcome =
  | { readonly status: 'SUCCEEDED'; readonly output: unknown }
  | { readonly status: 'FAILED'; readonly error: string; readonly cause: string | undefined }
  | { readonly status: 'ABORTED'; readonly error: string | undefined; readonly cause: string | undefined }
  | { readonly status: 'TIMED_OUT' };

/** What a Distributed Map asks for when it starts. */
export interface MapRunPlan {
  readonly stateName: string;
  /** The map's Label, or its state name reduced to the characters and the 40 of them that a label may have. */
  readonly label: string;
  readonly itemCount: number;
  readonly maxConcurrency: number;
  readonly toleratedFailureCount: number;
  /** 0 to 100. */
  readonly toleratedFailurePercentage: number;
}

/** One run of a Distributed Map. */
export interface MapRun {
  readonly arn: string;
  /** Runs one child execution to its end; aborting the signal stops it. Never rejects for a child that fails. */
  runChild(processor: StatesBlock, input: unknown, signal: AbortSignal): Promise<Outcome>;
  end(status: 'SUCCEEDED' | 'FAILED' | 'ABORTED'): void;
}

/** Keeps the child executions of Distributed Maps; the Step Functions service is one. */
export interface MapRuns {
  start(plan: MapRunPlan): MapRun;
}

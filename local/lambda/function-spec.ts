/** A function as the template describes it. */
export interface FunctionSpec {
  readonly name: string;
  readonly arn: string;
  /** The folder that would be uploaded. */
  readonly assetDir: string;
  /** `index.handler`: file without its ending, then the export. */
  readonly handler: string;
  readonly timeoutSeconds: number;
  readonly memoryMb: number;
  readonly environment: Readonly<Record<string, string>>;
  /** How many invocations may run at once; absent means no limit. */
  readonly concurrency?: number | undefined;
}

/** What a failed function answers, as Lambda writes it into the payload. */
export interface FunctionError {
  readonly errorType: string;
  readonly errorMessage: string;
  readonly trace: readonly string[];
}

/** How an invocation ended. `payload` is JSON text; that of an error is the JSON of FunctionError. */
export type Outcome =
  | { readonly kind: 'success'; readonly requestId: string; readonly payload: string }
  | { readonly kind: 'error'; readonly requestId: string; readonly payload: string; readonly error: FunctionError };

/** A line that a function printed. */
export interface LogLine {
  readonly functionName: string;
  readonly requestId: string;
  readonly stream: 'stdout' | 'stderr';
  readonly text: string;
  /** Milliseconds since the epoch on the local clock. */
  readonly at: number;
}

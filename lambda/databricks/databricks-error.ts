import type { FailureName } from '../contract/failures.ts';
import { AutomationError } from '../domain/failure.ts';

export interface ErrorFacts {
  readonly method: string;
  /** URL path, never with query values. */
  readonly path: string;
  /** Absent where no answer came. */
  readonly status?: number | undefined;
  /** Databricks' `error_code`, as text. */
  readonly code?: string | undefined;
  /** Databricks' own words, redacted and cut. */
  readonly serverMessage?: string | undefined;
  /** True if the request may have reached the server. */
  readonly sent: boolean;
  readonly cause?: unknown;
}

/** A failure of a Databricks request, with what an adapter needs to tell one refusal from another. */
export class DatabricksError extends AutomationError {
  readonly method: string;
  readonly path: string;
  readonly status: number | undefined;
  readonly code: string | undefined;
  readonly serverMessage: string | undefined;
  readonly sent: boolean;

  constructor(name: FailureName, message: string, facts: ErrorFacts) {
    super(name, message, facts.cause === undefined ? undefined : { cause: facts.cause });
    this.method = facts.method;
    this.path = facts.path;
    this.status = facts.status;
    this.code = facts.code;
    this.serverMessage = facts.serverMessage;
    this.sent = facts.sent;
  }
}

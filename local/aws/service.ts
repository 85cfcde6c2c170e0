/** One simulated AWS service behind the local endpoint. Each is written from the service's API reference. */
export interface AwsService {
  /** Answers one API action; `input` is the parsed request. Throws AwsError for every documented error. */
  handle(action: string, input: Readonly<Record<string, unknown>>): Promise<unknown>;
}

/** An error as an AWS SDK shows it: `code` becomes the exception's name. */
export class AwsError extends Error {
  override readonly name = 'AwsError';
  readonly code: string;
  readonly status: number;

  constructor(code: string, message: string, status = 400) {
    super(message);
    this.code = code;
    this.status = status;
  }
}

/** For actions that the local run does not know: refused, never ignored. */
export const unknownAction = (service: string, action: string): AwsError =>
  new AwsError('UnknownOperationException', `the local run does not know ${service}:${action}`);

/** An event on the default bus, in EventBridge's envelope. */
export interface BusEvent {
  readonly version: '0';
  readonly id: string;
  readonly 'detail-type': string;
  readonly source: string;
  readonly account: string;
  readonly time: string;
  readonly region: string;
  readonly resources: readonly string[];
  readonly detail: unknown;
}

import { EXIT, type ExitCode } from './exit-code.ts';

/** What ends a command early. The message says what happened, the hint what to do. */
export abstract class CommandFailure extends Error {
  abstract readonly exitCode: ExitCode;
  readonly hint: string | undefined;

  constructor(message: string, hint?: string, options?: ErrorOptions) {
    super(message, options);
    this.hint = hint;
  }
}

/** Words that are not understood, or a place that is not named. */
export class UsageError extends CommandFailure {
  override readonly name = 'UsageError';
  readonly exitCode = EXIT.usage;
}

/** No answer, or none that this program understands. */
export class NotReachable extends CommandFailure {
  override readonly name = 'NotReachable';
  readonly exitCode = EXIT.unreachable;
}

/** AWS refused something else than the API did, such as a look at the stack. */
export class AwsRefused extends CommandFailure {
  override readonly name = 'AwsRefused';
  readonly exitCode = EXIT.refused;
}

/** There are no credentials, or they do not allow it. */
export class CredentialsRefused extends CommandFailure {
  override readonly name = 'CredentialsRefused';
  readonly exitCode = EXIT.credentials;
}

/** Somebody pressed Ctrl-C. */
export class Interrupted extends CommandFailure {
  override readonly name = 'Interrupted';
  readonly exitCode = EXIT.interrupted;

  constructor() {
    super('interrupted');
  }
}

/** Another failure, and what the person has to know besides: that an operation goes on, or may have been started. */
export class WithNote extends Error {
  override readonly name = 'WithNote';
  override readonly cause: CommandFailure;
  readonly note: string;

  constructor(cause: CommandFailure, note: string) {
    super(cause.message, { cause });
    this.cause = cause;
    this.note = note;
  }
}

import { ApiProblem } from './api-problem.ts';
import { EXIT, type ExitCode } from './exit-code.ts';
import { CommandFailure, Interrupted, WithNote } from './failures.ts';
import type { Screen } from './screen.ts';
import { plain, plainLines } from './table.ts';

/** Tells what ended a command, and answers the exit code. */
export function report(error: unknown, screen: Screen): ExitCode {
  if (error instanceof WithNote) {
    const code = report(error.cause, screen);
    screen.note([error.note]);
    return code;
  }
  if (!(error instanceof CommandFailure)) {
    const { stack } = error as Partial<Error>;
    screen.note(['dbsa: a mistake in this program', ...plainLines(stack ?? String(error))]);
    return EXIT.mistake;
  }
  if (error instanceof Interrupted) {
    screen.note(['dbsa: interrupted']);
    return EXIT.interrupted;
  }
  const [first = '', ...others] = plainLines(error.message);
  screen.note([
    `dbsa: ${first}`,
    ...others.map((line) => `      ${line}`),
    ...(error instanceof ApiProblem ? problemLines(error) : []),
    ...(error.hint === undefined ? [] : [error.hint]),
  ]);
  if (error instanceof ApiProblem && error.document !== undefined) screen.document(error.document);
  return error.exitCode;
}

const problemLines = ({ detail, errors, operation, requestId }: ApiProblem): readonly string[] => [
  // A request that is wrong in several places says so in its detail, too.
  ...(errors.length > 0 ? [] : plainLines(detail).map((line) => `  ${line}`)),
  ...errors.map(({ path, found, wanted }) => plain(`  ${path}: found ${found}, wanted ${wanted}`)),
  ...(operation === undefined ? [] : [plain(`  in the way: ${operation} (npx dbsa operations watch ${operation})`)]),
  ...(requestId === undefined ? [] : [plain(`  request id ${requestId}`)]),
];

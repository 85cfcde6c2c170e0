import type { Operation } from '../lambda/contract/api-answers.ts';
import { rest } from './api-client.ts';
import { type Change, changes } from './changes.ts';
import type { CommandContext } from './command.ts';
import { EXIT, type ExitCode } from './exit-code.ts';
import { CommandFailure, WithNote } from './failures.ts';
import { planHasProblems } from './plan-problems.ts';
import { plain } from './table.ts';

/** Looks are this far apart after a change, and ever further while nothing happens. */
const FIRST_PAUSE_MS = 1000;
const LONGEST_PAUSE_MS = 10_000;
const GROWTH = 1.5;

type Watching = Pick<CommandContext, 'api' | 'screen' | 'surroundings'>;

/**
 * Looks at an operation until it has ended, and tells every change: people a line, programs the operation on one line.
 * With `quiet`, programs are told nothing. Whatever ends the watching early says that the operation goes on.
 */
export async function watch(first: Operation, context: Watching, { quiet = false } = {}): Promise<Operation> {
  const { api, screen, surroundings } = context;
  const tell = teller(context, quiet);
  let [now, pauseMs] = [first, FIRST_PAUSE_MS];
  tell(undefined, now);
  try {
    while (!hasEnded(now)) {
      await rest(pauseMs, surroundings);
      const { body: next } = await api.call('getOperation', { path: { operationId: first.id } });
      pauseMs = tell(now, next) ? FIRST_PAUSE_MS : Math.min(LONGEST_PAUSE_MS, pauseMs * GROWTH);
      now = next;
    }
  } catch (error) {
    if (!(error instanceof CommandFailure) || error.exitCode === EXIT.refused) throw error;
    throw new WithNote(error, `${first.id} goes on. Watch it again: npx dbsa operations watch ${first.id}`);
  }
  screen.show(['']);
  return now;
}

/** Tells what changed, and answers whether anything did. */
function teller({ screen, surroundings }: Watching, quiet: boolean) {
  let width = 0;
  return (before: Operation | undefined, now: Operation): boolean => {
    if (before !== undefined && JSON.stringify(before) === JSON.stringify(now)) return false;
    const told = changes(before, now);
    width = Math.max(width, ...told.map(({ who }) => who.length));
    const time = surroundings.now().toTimeString().slice(0, 8);
    const line = ({ who, what }: Change): string => `${time}  ${who === '' ? '' : `${who.padEnd(width)}  `}${what}`;
    screen.show(told.map((change) => plain(line(change))));
    if (!quiet) screen.line(now);
    return true;
  };
}

const ENDS: ReadonlySet<string> = new Set(['SUCCEEDED', 'FAILED', 'TIMED_OUT', 'ABORTED']);

const hasEnded = ({ status, finishedAt }: Operation): boolean => ENDS.has(status) || finishedAt !== null;

/** For an operation that was waited for. A plan that cannot be carried out ends as the operation would. */
export const exitCodeOf = (operation: Operation): ExitCode =>
  operation.status === 'SUCCEEDED' && !planHasProblems(operation) ? EXIT.allRight : EXIT.endedBadly;

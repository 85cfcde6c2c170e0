import type { CommandContext } from './command.ts';
import { EXIT, type ExitCode } from './exit-code.ts';
import { endOf } from './show-operation.ts';
import { exitCodeOf, watch } from './watch.ts';

export interface Wish {
  readonly call: 'startKeyRollout' | 'startSecretSync' | 'changeWorkspace' | 'createWorkspace' | 'deleteWorkspace';
  /** Values for the braces in the route's path. */
  readonly path?: Readonly<Record<string, string>>;
  readonly query?: Readonly<Record<string, string>>;
  readonly body?: object;
  /** The result is what is wanted, so it is always waited for. */
  readonly plan: boolean;
}

/** Starts an operation; with `--wait`, and for a plan, watches it and shows how it ended. */
export async function start(wish: Wish, context: CommandContext): Promise<ExitCode> {
  const { api, given, screen, surroundings } = context;
  const idempotencyKey = given.text('idempotency-key') ?? surroundings.uuid();
  const { call, plan, ...request } = wish;
  const { body: operation } = await api.call(call, { ...request, idempotencyKey });
  if (!plan && !given.flag('wait')) {
    screen.document(operation);
    screen.show([`${operation.id} ${operation.status}`, `Watch it: npx dbsa operations watch ${operation.id}`]);
    return EXIT.allRight;
  }
  const ended = await watch(operation, context, { quiet: plan });
  if (plan) screen.document(ended);
  screen.show(endOf(ended));
  return exitCodeOf(ended);
}

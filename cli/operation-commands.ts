import type { OperationHead } from '../lambda/contract/api-answers.ts';
import { PATH_PARAMETERS } from '../lambda/contract/api-requests.ts';
import type { Command, CommandContext } from './command.ts';
import { EXIT, type ExitCode } from './exit-code.ts';
import { listedOperations } from './listed-operations.ts';
import { endOf, operationLines } from './show-operation.ts';
import { shortTime, table } from './table.ts';
import { exitCodeOf, watch } from './watch.ts';

const OPERATION_ID = PATH_PARAMETERS.operationId ?? {};
const ID = { name: 'ID', schema: OPERATION_ID };

export const OPERATION_COMMANDS: readonly Command[] = [
  {
    words: 'operations list',
    optional: ['kind', 'status', 'limit'],
    says: 'Key rollouts, secret syncs and provisionings of workspaces, the newest first',
    run: list,
  },
  { words: 'operations show', argument: ID, says: 'One operation as it is now', run: show },
  watchCommand('operations watch', OPERATION_ID.pattern ?? '', 'Watches an operation until it ends'),
  {
    words: 'operations cancel',
    argument: ID,
    says: 'Cancels an operation; what is done stays done',
    more: [
      'A rollout that is cancelled starts another one, which only restarts the compute that was stopped.',
      'What a provisioning made stays, and the same request again goes on with it.',
    ],
    run: cancel,
  },
];

/** A command that watches operations whose ids have this pattern. */
export function watchCommand(words: string, pattern: string, says: string): Command {
  return {
    words,
    argument: { name: 'OPERATION', schema: { ...OPERATION_ID, pattern } },
    says,
    more: ['Ctrl-C ends the watching, not the operation.'],
    run: async (context) => {
      const { api, given, screen } = context;
      const { body } = await api.call('getOperation', { path: { operationId: given.argument } });
      const ended = await watch(body, context);
      screen.show(endOf(ended));
      return exitCodeOf(ended);
    },
  };
}

async function list({ api, given, screen }: CommandContext): Promise<ExitCode> {
  const [kind, status] = [given.text('kind'), given.text('status')];
  const found = await listedOperations(api, {
    filter: { ...(kind !== undefined && { kind }), ...(status !== undefined && { status }) },
    limit: given.number('limit') ?? 20,
  });
  screen.document(found);
  screen.show(operationTable(found.operations));
  if (found.next !== null) screen.show(['There are older ones: --limit N shows more.']);
  return EXIT.allRight;
}

async function show({ api, given, screen }: CommandContext): Promise<ExitCode> {
  const { body } = await api.call('getOperation', { path: { operationId: given.argument } });
  screen.document(body);
  screen.show(operationLines(body));
  return EXIT.allRight;
}

async function cancel({ api, given, screen }: CommandContext): Promise<ExitCode> {
  const { body, location } = await api.call('cancelOperation', { path: { operationId: given.argument } });
  const follower = location?.split('/').at(-1) ?? body.id;
  screen.document(body);
  screen.show([`${body.id} ${body.status}. What is done stays done.`]);
  if (follower !== body.id && new RegExp(OPERATION_ID.pattern ?? '').test(follower)) {
    screen.show([`${follower} restarts the compute that was stopped: npx dbsa operations watch ${follower}`]);
  }
  return EXIT.allRight;
}

function operationTable(operations: readonly OperationHead[]): readonly string[] {
  if (operations.length === 0) return ['No operations.'];
  return table(
    ['OPERATION', 'STATUS', 'STARTED', 'FINISHED'],
    operations.map(({ id, status, startedAt, finishedAt }) => [
      id,
      status,
      shortTime(startedAt),
      shortTime(finishedAt),
    ]),
  );
}

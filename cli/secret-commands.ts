import type { SecretSyncStatus } from '../lambda/contract/api-answers.ts';
import type { SecretSyncBody } from '../lambda/contract/api-requests.ts';
import type { Command, Given } from './command.ts';
import { EXIT } from './exit-code.ts';
import type { OptionName } from './options.ts';
import { countsInWords } from './show-sync.ts';
import { start } from './start.ts';
import { shortTime, table } from './table.ts';

const NARROWING: readonly OptionName[] = ['binding', 'workspace', 'scope', 'secret', 'rewrite', 'confirm-deletes'];

export const SECRET_COMMANDS: readonly Command[] = [
  {
    words: 'secrets plan',
    optional: [...NARROWING, 'idempotency-key', 'wait'],
    says: 'What a secret sync would write and delete; writes nothing',
    more: [
      'Without options: everything. Always waits for the plan.',
      'With --json: the operation, whose `result` is the plan.',
    ],
    run: (context) =>
      start({ call: 'startSecretSync', body: { ...body(context.given), dryRun: true }, plan: true }, context),
  },
  {
    words: 'secrets sync',
    optional: [...NARROWING, 'wait', 'idempotency-key'],
    says: 'Brings the scopes to the current values of AWS Secrets Manager',
    more: ['Without options: everything.'],
    run: (context) => start({ call: 'startSecretSync', body: body(context.given), plan: false }, context),
  },
  {
    words: 'secrets status',
    says: 'What the last look at each scope found',
    run: async ({ api, screen }) => {
      const { body: status } = await api.call('getSecretSyncStatus');
      screen.document(status);
      screen.show(statusTable(status));
      return EXIT.allRight;
    },
  },
];

function body(given: Given): SecretSyncBody {
  const [bindings, workspaces, scopes] = [given.list('binding'), given.list('workspace'), given.list('scope')];
  const [secret, confirmDeletes] = [given.text('secret'), given.number('confirm-deletes')];
  return {
    ...(bindings.length > 0 && { bindings }),
    ...(workspaces.length > 0 && { workspaces }),
    ...(scopes.length > 0 && { scopes }),
    ...(secret !== undefined && { secret }),
    ...(given.flag('rewrite') && { rewrite: true }),
    ...(confirmDeletes !== undefined && { confirmDeletes }),
  };
}

function statusTable({ scopes }: SecretSyncStatus): readonly string[] {
  if (scopes.length === 0) return ['No scope was ever synced.'];
  return table(
    ['WORKSPACE', 'ID', 'SCOPE', 'BINDINGS', 'LAST SYNC', 'SECRETS', 'FAILURE'],
    scopes.map(({ workspaceName, workspaceId, scope, bindings, lastSyncAt, counts, failure }) => [
      workspaceName,
      workspaceId,
      scope,
      bindings.join(', '),
      lastSyncAt === null ? 'never' : shortTime(lastSyncAt),
      countsInWords(counts ?? {}, false),
      failure === null ? '' : `${failure.name}: ${failure.message}`,
    ]),
  );
}

import { KEY_ROLLOUT_REQUEST, type KeyRolloutBody } from '../lambda/contract/api-requests.ts';
import type { ComputePolicy, UseCase } from '../lambda/contract/bindings.ts';
import type { Command, Given } from './command.ts';
import { watchCommand } from './operation-commands.ts';
import type { OptionName } from './options.ts';
import { start } from './start.ts';

const BINDING = { name: 'BINDING', schema: KEY_ROLLOUT_REQUEST.properties?.bindingId ?? {}, mayLack: true } as const;
const WHAT: readonly OptionName[] = ['key', 'workspace', 'use-case', 'no-cluster-volumes', 'compute'];
const FORMS = 'Of a binding of the stage; or of a --key to each --workspace, for this once.';

export const ROLLOUT_COMMANDS: readonly Command[] = [
  {
    words: 'rollout plan',
    argument: BINDING,
    optional: [...WHAT, 'idempotency-key', 'wait'],
    says: 'What a key rollout would do; writes nothing',
    more: [
      FORMS,
      'Always waits for the plan. Exit code 1 if it refuses a workspace.',
      'With --json: the operation, whose `result` is the plan.',
    ],
    run: (context) =>
      start({ call: 'startKeyRollout', body: { ...body(context.given), dryRun: true }, plan: true }, context),
  },
  {
    words: 'rollout start',
    argument: BINDING,
    optional: [...WHAT, 'wait', 'idempotency-key'],
    says: 'Brings workspaces to the current key of a binding, or to a key',
    more: [FORMS],
    run: (context) => start({ call: 'startKeyRollout', body: body(context.given), plan: false }, context),
  },
  watchCommand('rollout watch', '^key-rollout\\.[A-Za-z0-9_-]{1,80}$', 'Watches a key rollout until it ends'),
];

function body(given: Given): KeyRolloutBody {
  const [key, compute] = [given.text('key'), given.text('compute')];
  const [workspaces, useCases] = [given.list('workspace'), given.list('use-case')];
  return {
    ...(given.argument !== '' && { bindingId: given.argument }),
    ...(key !== undefined && { key }),
    ...(workspaces.length > 0 && { workspaces }),
    ...(useCases.length > 0 && { useCases: useCases as readonly UseCase[] }),
    ...(given.flag('no-cluster-volumes') && { reuseKeyForClusterVolumes: false }),
    ...(compute !== undefined && { compute: compute as ComputePolicy }),
  };
}

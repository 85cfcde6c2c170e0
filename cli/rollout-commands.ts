import { KEY_ROLLOUT_REQUEST, type KeyRolloutBody } from '../lambda/contract/api-requests.ts';
import type { Command } from './command.ts';
import { watchCommand } from './operation-commands.ts';
import { start } from './start.ts';

const BINDING = { name: 'BINDING', schema: KEY_ROLLOUT_REQUEST.properties?.bindingId ?? {} };
const body = (bindingId: string, dryRun: boolean): KeyRolloutBody => ({ bindingId, ...(dryRun && { dryRun }) });

export const ROLLOUT_COMMANDS: readonly Command[] = [
  {
    words: 'rollout plan',
    argument: BINDING,
    optional: ['idempotency-key', 'wait'],
    says: 'What a key rollout of a binding would do; writes nothing',
    more: ['Always waits for the plan. With --json: the operation, whose `result` is the plan.'],
    run: (context) => start({ call: 'startKeyRollout', body: body(context.given.argument, true), plan: true }, context),
  },
  {
    words: 'rollout start',
    argument: BINDING,
    optional: ['wait', 'idempotency-key'],
    says: 'Brings the workspaces of a key binding to its current key',
    run: (context) =>
      start({ call: 'startKeyRollout', body: body(context.given.argument, false), plan: false }, context),
  },
  watchCommand('rollout watch', '^key-rollout\\.[A-Za-z0-9_-]{1,80}$', 'Watches a key rollout until it ends'),
];

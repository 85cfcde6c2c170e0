import type { Command } from './command.ts';
import { KEY_COMMANDS } from './key-commands.ts';
import { OPERATION_COMMANDS } from './operation-commands.ts';
import { PROVISIONING_COMMANDS } from './provisioning-commands.ts';
import { ROLLOUT_COMMANDS } from './rollout-commands.ts';
import { SECRET_COMMANDS } from './secret-commands.ts';
import { STAGE_COMMANDS } from './stage-commands.ts';
import { WORKSPACE_COMMANDS } from './workspace-commands.ts';

/** Every command, in the order of the help. */
export const COMMANDS: readonly Command[] = [
  ...KEY_COMMANDS,
  ...ROLLOUT_COMMANDS,
  ...SECRET_COMMANDS,
  ...WORKSPACE_COMMANDS,
  ...PROVISIONING_COMMANDS,
  ...OPERATION_COMMANDS,
  ...STAGE_COMMANDS,
];

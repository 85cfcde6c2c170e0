import { PATH_PARAMETERS } from '../lambda/contract/api-requests.ts';
import { WORKSPACE_REQUEST } from '../lambda/contract/api-workspace-request.ts';
import type { Command, CommandContext } from './command.ts';
import { EXIT, type ExitCode } from './exit-code.ts';
import { requestFrom } from './request-file.ts';
import { diagnosisLines } from './show-provisioning.ts';
import { start } from './start.ts';
import { plain } from './table.ts';

const ID = { name: 'ID', schema: PATH_PARAMETERS.workspaceId ?? {} };
const FIELDS = 'docs/workspaces.md tells every field of a request.';

export const PROVISIONING_COMMANDS: readonly Command[] = [
  {
    words: 'workspaces create',
    required: ['file'],
    optional: ['dry-run', 'wait', 'idempotency-key'],
    says: 'Provisions a workspace: what it lacks is made, what is there is used',
    more: [
      FIELDS,
      'The same request again goes on where an earlier one ended.',
      'With --dry-run: waits for the plan and writes nothing. Exit code 1 if the plan names problems.',
    ],
    run: create,
  },
  {
    words: 'workspaces diagnose',
    argument: ID,
    says: 'What is wrong with a workspace, and what to try',
    run: async ({ api, given, screen }) => {
      const { body } = await api.call('diagnoseWorkspace', { path: { workspaceId: given.argument } });
      screen.document(body);
      screen.show(diagnosisLines(body.advice.map(plain)));
      return EXIT.allRight;
    },
  },
  {
    words: 'workspaces delete',
    argument: ID,
    required: ['name'],
    optional: ['delete-network', 'wait', 'idempotency-key'],
    says: 'Deletes a workspace with everything in it',
    more: ['Does not ask back: the name is the confirmation. Its bucket, role and keys in AWS are not touched.'],
    run: (context) => {
      const { given } = context;
      const query = {
        workspaceName: given.text('name') ?? '',
        ...(given.flag('delete-network') && { network: 'delete' }),
      };
      return start({ call: 'deleteWorkspace', path: { workspaceId: given.argument }, query, plan: false }, context);
    },
  },
];

async function create(context: CommandContext): Promise<ExitCode> {
  const { given, surroundings } = context;
  const file = given.text('file') ?? '-';
  const request = await requestFrom(file, { schema: WORKSPACE_REQUEST, hint: FIELDS }, surroundings);
  const body: { readonly dryRun?: boolean } = { ...request, ...(given.flag('dry-run') && { dryRun: true }) };
  return start({ call: 'createWorkspace', body, plan: body.dryRun === true }, context);
}

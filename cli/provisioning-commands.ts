import { PATH_PARAMETERS } from '../lambda/contract/api-requests.ts';
import { WORKSPACE_REQUEST } from '../lambda/contract/api-workspace-request.ts';
import type { Command } from './command.ts';
import { EXIT } from './exit-code.ts';
import { UsageError } from './failures.ts';
import { start } from './start.ts';
import type { Surroundings } from './surroundings.ts';
import { plain } from './table.ts';

const ID = { name: 'ID', schema: PATH_PARAMETERS.workspaceId ?? {} };

export const PROVISIONING_COMMANDS: readonly Command[] = [
  {
    words: 'workspaces create',
    required: ['file'],
    optional: ['dry-run', 'wait', 'idempotency-key'],
    says: 'Provisions a workspace',
    more: [
      'What is there is used, what is missing is made, and a workspace that is what is asked for is adopted.',
      'With --dry-run: waits for the plan, with every problem, and writes nothing. docs/workspaces.md tells of the file.',
    ],
    run: async (context) => {
      const { given, surroundings } = context;
      const request = await readRequest(given.text('file') ?? '', surroundings);
      const plan = given.flag('dry-run');
      return start({ call: 'createWorkspace', body: { ...request, ...(plan && { dryRun: true }) }, plan }, context);
    },
  },
  {
    words: 'workspaces diagnose',
    argument: ID,
    says: 'What is wrong with a workspace, and what to try',
    run: async ({ api, screen, given }) => {
      const { body } = await api.call('diagnoseWorkspace', { path: { workspaceId: given.argument } });
      screen.document(body);
      screen.show(body.advice.map(plain));
      return EXIT.allRight;
    },
  },
  {
    words: 'workspaces delete',
    argument: ID,
    required: ['name'],
    optional: ['delete-network', 'wait', 'idempotency-key'],
    says: 'Deletes a workspace with everything in it',
    more: ['Its name is the confirmation; nothing is asked.'],
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

/** Fails with UsageError if it is no JSON object; what it holds is checked by the API, which names every mistake. */
async function readRequest(path: string, { readText }: Surroundings): Promise<object> {
  const wanted = `a JSON object with ${Object.keys(WORKSPACE_REQUEST.properties ?? {}).join(', ')}`;
  const text = await readText(path);
  if (text === undefined) throw new UsageError(`--file: found no file ${JSON.stringify(path)}, wanted ${wanted}`);
  try {
    const request: unknown = JSON.parse(text);
    if (typeof request === 'object' && request !== null && !Array.isArray(request)) return request;
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
  }
  throw new UsageError(`--file: found something else in ${JSON.stringify(path)}, wanted ${wanted}`);
}

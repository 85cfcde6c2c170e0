import type { ShownWorkspace } from '../lambda/contract/api-answers.ts';
import { PATH_PARAMETERS } from '../lambda/contract/api-requests.ts';
import type { Command } from './command.ts';
import { EXIT } from './exit-code.ts';
import { facts, shortTime, table } from './table.ts';

export const WORKSPACE_COMMANDS: readonly Command[] = [
  {
    words: 'workspaces list',
    says: "The workspaces in the stage's Region, with their keys and who works on them",
    run: async ({ api, screen }) => {
      const { body } = await api.call('listWorkspaces');
      screen.document(body);
      screen.show(workspaceTable(body.workspaces));
      return EXIT.allRight;
    },
  },
  {
    words: 'workspaces show',
    argument: { name: 'ID', schema: PATH_PARAMETERS.workspaceId ?? {} },
    says: 'One workspace',
    run: async ({ api, screen, given }) => {
      const { body } = await api.call('getWorkspace', { path: { workspaceId: given.argument } });
      screen.document(body);
      screen.show(workspaceFacts(body));
      return EXIT.allRight;
    },
  },
];

function workspaceTable(workspaces: readonly ShownWorkspace[]): readonly string[] {
  if (workspaces.length === 0) return ['No workspaces.'];
  return table(
    ['ID', 'NAME', 'STATUS', 'MANAGED SERVICES KEY', 'STORAGE KEY', 'STOPPED', 'WORKED ON BY'],
    workspaces.map((one) => [
      one.id,
      one.name,
      one.status,
      one.managedServicesKeyConfigurationId ?? '',
      one.storageKeyConfigurationId ?? '',
      one.stoppedCompute === 0 ? '' : String(one.stoppedCompute),
      one.lease?.operation ?? '',
    ]),
  );
}

const workspaceFacts = (one: ShownWorkspace): readonly string[] => [
  `${one.name} (${one.id})`,
  ...facts([
    ['deployment', one.deploymentName],
    ['region', one.region],
    ['status', one.statusMessage === null ? one.status : `${one.status}: ${one.statusMessage}`],
    ['managed services key', one.managedServicesKeyConfigurationId ?? ''],
    ['storage key', one.storageKeyConfigurationId ?? ''],
    ['key bindings', one.keyBindings.join(', ')],
    ['secret bindings', one.secretBindings.join(', ')],
    ['worked on by', one.lease === null ? '' : `${one.lease.operation}, until ${shortTime(one.lease.until)} or longer`],
    ['stopped compute', one.stoppedCompute === 0 ? '' : `${one.stoppedCompute} to run again`],
  ]),
];

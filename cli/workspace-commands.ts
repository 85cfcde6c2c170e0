import type { ShownWorkspace } from '../lambda/contract/api-answers.ts';
import { PATH_PARAMETERS, type WorkspaceChangeBody } from '../lambda/contract/api-requests.ts';
import type { ComputePolicy } from '../lambda/contract/bindings.ts';
import type { Command, Given } from './command.ts';
import { EXIT } from './exit-code.ts';
import type { OptionName } from './options.ts';
import { start } from './start.ts';
import { facts, shortTime, table } from './table.ts';

const SETTINGS: readonly OptionName[] = [
  ...(['managed-services-key', 'storage-key', 'credentials', 'network', 'storage-configuration'] as const),
];

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
  {
    words: 'workspaces patch',
    argument: { name: 'ID', schema: PATH_PARAMETERS.workspaceId ?? {} },
    optional: [...SETTINGS, 'compute', 'dry-run', 'wait', 'idempotency-key'],
    says: 'Changes what a workspace refers to',
    more: [
      'At least one setting. Goes through the lease, the waits and the care for compute of a key rollout.',
      'With --dry-run: waits for the plan and writes nothing. Exit code 1 if it is refused.',
    ],
    run: (context) => {
      const { given } = context;
      const plan = given.flag('dry-run');
      const wish = { ...changeOf(given), ...(plan && { dryRun: true }) };
      const path = { workspaceId: given.argument };
      return start({ call: 'changeWorkspace', path, body: wish, plan }, context);
    },
  },
];

function changeOf(given: Given): WorkspaceChangeBody {
  const text = (option: OptionName, name: keyof WorkspaceChangeBody): WorkspaceChangeBody => {
    const id = given.text(option);
    return id === undefined ? {} : { [name]: id };
  };
  const compute = given.text('compute');
  return {
    ...text('managed-services-key', 'managedServicesKeyConfigurationId'),
    ...text('storage-key', 'storageKeyConfigurationId'),
    ...text('credentials', 'credentialsId'),
    ...text('network', 'networkId'),
    ...text('storage-configuration', 'storageConfigurationId'),
    ...(compute !== undefined && { compute: compute as ComputePolicy }),
  };
}

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

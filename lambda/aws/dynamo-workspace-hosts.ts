import type { WorkspaceHost, WorkspaceHosts } from '../app/secret-ports.ts';
import { ANY, type StateTable, text } from './state-table.ts';

const PARTITION = 'workspace-hosts';

/** Where workspaces answer, one item each. */
export class DynamoWorkspaceHosts implements WorkspaceHosts {
  readonly #table: StateTable;

  constructor(table: StateTable) {
    this.#table = table;
  }

  async remembered(): Promise<ReadonlyMap<string, WorkspaceHost>> {
    const items = await this.#table.query(PARTITION, '');
    const hosts = items.map((item) => ({
      workspaceId: text(item, 'sk'),
      name: text(item, 'workspaceName'),
      deploymentName: text(item, 'deploymentName'),
      region: text(item, 'awsRegion'),
    }));
    return new Map(hosts.map((host) => [host.workspaceId, host]));
  }

  async remember(hosts: readonly WorkspaceHost[]): Promise<void> {
    for (const { workspaceId, name, deploymentName, region } of hosts) {
      const item = {
        workspaceName: { S: name },
        deploymentName: { S: deploymentName },
        awsRegion: { S: region },
      };
      await this.#table.put(PARTITION, workspaceId, item, ANY);
    }
  }
}

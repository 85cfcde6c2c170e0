import type { MadeNetworks } from '../app/provisioning-ports.ts';
import type { StateTable } from './state-table.ts';

/** Which network configuration was made for which workspace, as items of the state table. */
export class DynamoMadeNetworks implements MadeNetworks {
  readonly #table: StateTable;

  constructor(table: StateTable) {
    this.#table = table;
  }

  /** Noting the same fact again changes nothing. */
  async note(networkId: string, workspaceName: string): Promise<void> {
    const isNew = { expression: 'attribute_not_exists(pk)' };
    await this.#table.put(partition(networkId), workspaceName, {}, isNew);
  }

  async isMadeFor(networkId: string, workspaceName: string): Promise<boolean> {
    return (await this.#table.get(partition(networkId), workspaceName)) !== undefined;
  }
}

const partition = (networkId: string): string => `made-network/${networkId}`;

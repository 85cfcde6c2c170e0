import type { MadeThing, Provenance } from '../app/provisioning-ports.ts';
import { ANY, type StateTable } from './state-table.ts';

/** What was made for which workspace, as items of the state table. */
export class DynamoProvenance implements Provenance {
  readonly #table: StateTable;

  constructor(table: StateTable) {
    this.#table = table;
  }

  /** Noting the same fact again changes nothing. */
  async note(thing: MadeThing, workspaceName: string): Promise<void> {
    const isNew = { expression: 'attribute_not_exists(pk)' };
    await this.#table.put(partition(thing), workspaceName, {}, isNew);
  }

  async isMadeFor(thing: MadeThing, workspaceName: string): Promise<boolean> {
    return (await this.#table.get(partition(thing), workspaceName)) !== undefined;
  }

  async forget(thing: MadeThing, workspaceName: string): Promise<void> {
    await this.#table.delete(partition(thing), workspaceName, ANY);
  }
}

const partition = (thing: MadeThing): string => `made/${thing}`;

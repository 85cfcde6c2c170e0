import { type Api, apiClient } from '../../cli/api-client.ts';
import { CommandFailure, WithNote } from '../../cli/failures.ts';
import type { Operation } from '../../lambda/contract/api-answers.ts';
import { LOCAL_CREDENTIALS } from '../../local/aws/local-user.ts';
import { AWS_HOME } from '../../local/demo/stage.ts';
import type { World } from '../../local/world.ts';
import type { Story } from '../story.ts';
import type { Witness } from '../witness.ts';
import type { Wish } from './wishes.ts';

/** How the workspace of a name shall be in the end. */
export type Intent = 'there' | 'gone';

/** API Gateway gives up after 29 seconds. */
const TIMEOUT_MS = 40_000;
const POLL_MS = 30_000;

/**
 * Where people ask for workspaces: the HTTP API, called as the command line calls it, with its tries and its pauses. It
 * keeps in mind what was asked for, and what was answered is searched for secrets.
 */
export class Desk {
  readonly #world: World;
  readonly #witness: Witness;
  readonly #story: Story;
  readonly #api: Api;
  readonly #asking = new Set<Promise<unknown>>();
  /** What was asked for last, by name of the workspace. */
  readonly intents = new Map<string, Intent>();
  /** The last operation that was started for a workspace, by its name. */
  readonly #operations = new Map<string, string>();

  constructor(world: World, witness: Witness, story: Story) {
    this.#world = world;
    this.#witness = witness;
    this.#story = story;
    this.#api = apiClient({
      target: async () => ({ url: world.apiUrl, region: AWS_HOME.region, credentials: async () => LOCAL_CREDENTIALS }),
      note: (line) => this.#tell(line),
      timeoutMs: TIMEOUT_MS,
      now: () => new Date(),
      sleep: (ms) => this.pause(ms),
      random: () => 1,
      signal: new AbortController().signal,
    });
  }

  /** Asks for a workspace; answers the operation, undefined where the API refuses or does not answer. */
  provision(wish: Wish, idempotencyKey?: string): Promise<Operation | undefined> {
    this.intents.set(wish.workspaceName, 'there');
    return this.#ask(`${wish.workspaceName} is asked for`, async () => {
      const { body } = await this.#api.call('createWorkspace', {
        ...{ body: wish, ...(idempotencyKey !== undefined && { idempotencyKey }) },
      });
      this.#operations.set(wish.workspaceName, body.id);
      return body;
    });
  }

  /** Asks for its removal, if there is one of the name. */
  remove(workspaceName: string, network: 'keep' | 'delete'): Promise<Operation | undefined> {
    this.intents.set(workspaceName, 'gone');
    const workspaceId = this.idOf(workspaceName);
    if (workspaceId === undefined) return Promise.resolve(undefined);
    return this.#ask(`the removal of ${workspaceName} is asked for`, async () => {
      const query = { workspaceName, network };
      const { body } = await this.#api.call('deleteWorkspace', { path: { workspaceId }, query });
      this.#operations.set(workspaceName, body.id);
      return body;
    });
  }

  /** Asks what is wrong with the workspace of a name. */
  async diagnose(workspaceName: string): Promise<void> {
    const workspaceId = this.idOf(workspaceName);
    if (workspaceId === undefined) return;
    await this.#ask(`${workspaceName} is diagnosed`, () =>
      this.#api.call('diagnoseWorkspace', { path: { workspaceId } }),
    );
  }

  /** Cancels the last operation that was started for a workspace. */
  async cancel(workspaceName: string): Promise<void> {
    const operationId = this.#operations.get(workspaceName);
    if (operationId === undefined) return;
    await this.#ask(`${operationId} is cancelled`, () => this.#api.call('cancelOperation', { path: { operationId } }));
  }

  /** The operation when it has ended; asks for it again and again. */
  async ended(operationId: string): Promise<Operation> {
    for (;;) {
      const answer = await this.#ask(`${operationId} is looked at`, () =>
        this.#api.call('getOperation', { path: { operationId } }),
      );
      if (answer !== undefined && answer.body.status !== 'RUNNING') return answer.body;
      await this.pause(POLL_MS);
    }
  }

  /** People wait. */
  async pause(ms: number): Promise<void> {
    const actor = this.#world.clock.enter();
    try {
      await actor.sleepUntil(this.#world.clock.now() + ms);
    } finally {
      actor.leave();
    }
  }

  /** Settles when every question is answered. */
  async idle(): Promise<void> {
    while (this.#asking.size > 0) await Promise.all(this.#asking);
  }

  /** Id of the workspace of this name, that of a FAILED one, too; undefined where there is none but on its way out. */
  idOf(workspaceName: string): string | undefined {
    return this.#world.databricks.control
      .state()
      .workspaces.find(({ name, status }) => name === workspaceName && !/^CANCELL/.test(status))?.id;
  }

  #ask<T>(what: string, question: () => Promise<T>): Promise<T | undefined> {
    const asking = this.#answer(what, question).finally(() => this.#asking.delete(asking));
    this.#asking.add(asking);
    return asking;
  }

  async #answer<T>(what: string, question: () => Promise<T>): Promise<T | undefined> {
    try {
      const answer = await question();
      this.#witness.hear('HTTP API', answer);
      this.#tell(`${what}: answered`);
      return answer;
    } catch (error) {
      if (!(error instanceof CommandFailure) && !(error instanceof WithNote)) throw error;
      this.#witness.hear('HTTP API', `${error.message} ${JSON.stringify(error)}`);
      this.#tell(`${what}: ${error.message}`);
      return undefined;
    }
  }

  #tell(text: string): void {
    this.#story.tell(this.#world.clock.now(), `people: ${text}`);
  }
}

import { randomUUID } from 'node:crypto';
import type { Meter } from '../console/meter.ts';
import type { Screen } from '../console/screen.ts';
import { read } from '../console/story.ts';
import type { Ended } from '../ended-executions.ts';
import type { World } from '../world.ts';
import { DEMO_ALIAS, DEMO_WORKSPACES } from './account.ts';
import { readResult } from './read-result.ts';
import { readSync } from './read-sync.ts';
import { ANALYTICS_SCOPE, CHANGED_SECRET, EDITED_KEY } from './secrets.ts';

interface ShowSettings {
  readonly world: World;
  readonly screen: Screen;
  readonly meter: Meter;
}

/** What `npm start` shows, act by act; each act answers whether it ended as it should. */
export class Show {
  readonly #world: World;
  readonly #screen: Screen;
  readonly #meter: Meter;

  constructor({ world, screen, meter }: ShowSettings) {
    this.#world = world;
    this.#screen = screen;
    this.#meter = meter;
  }

  /** True if every act ended as it should. */
  async all(): Promise<boolean> {
    const acts = [
      await this.#firstSync(),
      await this.#changedSecret(),
      await this.#editByHand(),
      await this.#sweep(),
      await this.#rotation(),
    ];
    return acts.every(Boolean);
  }

  /** Shows whatever ends next; syncs that a rollout ran within itself are part of its own result. */
  async next(): Promise<void> {
    const before = this.#world.databricks.control.state();
    for (;;) {
      const ended = await this.#world.nextEnd();
      const isSync = ended.stateMachineArn === this.#world.outputs.SecretSyncStateMachineArn;
      if (isSync && (await this.#isPartOfRollout(ended))) continue;
      if (isSync) await this.#showSync(ended);
      else this.#screen.rollout(await readResult(this.#world, ended, before, this.#meter.read()));
      return;
    }
  }

  #firstSync(): Promise<boolean> {
    this.#screen.say('\nThe first secret sync ...');
    this.#meter.start();
    return this.#shown(this.#world.syncSecrets({}));
  }

  async #changedSecret(): Promise<boolean> {
    this.#screen.say(
      `\nA new value for one secret (aws secretsmanager put-secret-value --secret-id ${CHANGED_SECRET}) ...`,
    );
    this.#meter.start();
    await this.#world.aws.secrets.handle('PutSecretValue', { SecretId: CHANGED_SECRET, SecretString: randomUUID() });
    return this.#shown(this.#nextSync());
  }

  async #editByHand(): Promise<boolean> {
    this.#screen.say(`\nSomebody edits ${ANALYTICS_SCOPE}/${EDITED_KEY} in Databricks; the schedule comes round ...`);
    // Databricks tells the times of writes in milliseconds; an edit in the same one as our own write would look like it.
    this.#world.clock.advance(1_000);
    this.#world.databricks.control.putSecret(DEMO_WORKSPACES[0], ANALYTICS_SCOPE, EDITED_KEY, 'edited by hand');
    return this.#swept();
  }

  #sweep(): Promise<boolean> {
    this.#screen.say('\nThe schedule comes round once more, and nothing has changed ...');
    return this.#swept();
  }

  async #rotation(): Promise<boolean> {
    const world = this.#world;
    this.#screen.say(`\nRotating the key material of ${DEMO_ALIAS} (aws kms rotate-key-on-demand) ...\n`);
    const before = world.databricks.control.state();
    this.#meter.start();
    await world.aws.kms.handle('RotateKeyOnDemand', { KeyId: world.keyArn });
    const ended = await world.nextEndOf(world.outputs.KeyRolloutStateMachineArn);
    const result = await readResult(world, ended, before, this.#meter.read());
    this.#screen.rollout(result);
    return result.ok;
  }

  #swept(): Promise<boolean> {
    this.#meter.start();
    return this.#shown(this.#world.scheduledSync());
  }

  #nextSync(): Promise<Ended> {
    return this.#world.nextEndOf(this.#world.outputs.SecretSyncStateMachineArn);
  }

  async #shown(ending: Promise<Ended>): Promise<boolean> {
    return this.#showSync(await ending);
  }

  async #showSync(ended: Ended): Promise<boolean> {
    const result = await readSync(this.#world, ended, this.#meter.read());
    this.#screen.sync(result);
    return result.ok;
  }

  async #isPartOfRollout({ executionArn }: Ended): Promise<boolean> {
    const { input } = (await this.#world.stepFunctions.handle('DescribeExecution', { executionArn })) as {
      readonly input?: string;
    };
    const { trigger } = read(input) as { readonly trigger?: { readonly kind?: string } };
    return trigger?.kind === 'key-rollout';
  }
}

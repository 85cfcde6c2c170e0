import { randomUUID } from 'node:crypto';
import type { Meter } from '../console/meter.ts';
import type { Screen } from '../console/screen.ts';
import type { Ended } from '../ended-executions.ts';
import type { World } from '../world.ts';
import { DEMO_ALIAS, DEMO_WORKSPACES } from './account.ts';
import { type Play, showSync } from './play.ts';
import { readResult } from './read-result.ts';
import { ANALYTICS_SCOPE, CHANGED_SECRET, EDITED_KEY } from './secrets.ts';

/** The scenario that `npm start` shows unless told otherwise, act by act; each act answers whether it ended as it should. */
export class Show {
  readonly #play: Play;
  readonly #world: World;
  readonly #screen: Screen;
  readonly #meter: Meter;

  constructor(play: Play) {
    this.#play = play;
    this.#world = play.world;
    this.#screen = play.screen;
    this.#meter = play.meter;
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
    const result = await readResult(world, ended, {
      ...{ before, measured: this.#meter.read(), places: this.#play.places(world) },
    });
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
    return showSync(this.#play, await ending);
  }
}

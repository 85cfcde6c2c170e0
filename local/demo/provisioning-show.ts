import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { ProvisioningResult } from '../console/provisioning-result.ts';
import type { World } from '../world.ts';
import type { Play } from './play.ts';
import { readPlan, readProvisioning } from './read-provisioning.ts';

/** As a reader would name it in the folder of the project. */
const REQUEST_FILE = 'local/demo/workspace.json';

/** Requests to Databricks that change something. */
const writesTo = ({ databricks }: World): number =>
  databricks.control.requests().filter(({ method, path }) => method !== 'GET' && !path.includes('/oidc/')).length;

/** The scenario of a provisioning, act by act: a workspace from the request to its first secrets. */
export class ProvisioningShow {
  readonly #play: Play;
  readonly #request: object;

  constructor(play: Play) {
    this.#play = play;
    this.#request = JSON.parse(readFileSync(join(import.meta.dirname, '..', '..', REQUEST_FILE), 'utf8')) as object;
  }

  /** True if every act ended as it should. */
  async all(): Promise<boolean> {
    const { screen } = this.#play;
    const isPlanned = await this.#plan();
    const first = await this.#provision();
    screen.say(`\n  ${first.headline}`);
    const objections = [...first.objections, ...(await this.#again())];
    const result = { ...first, ok: first.ok && objections.length === 0, objections };
    screen.provisioning(result);
    screen.say(
      [
        '\nFrom a second terminal, with the lines above:\n',
        `  npx dbsa workspaces create -f ${REQUEST_FILE} --wait`,
        '  npx dbsa workspaces list',
        '  npx dbsa secrets status',
      ].join('\n'),
    );
    return isPlanned && result.ok;
  }

  async #plan(): Promise<boolean> {
    const { world, screen, meter } = this.#play;
    screen.say(`\nWhat would be done (npx dbsa workspaces create -f ${REQUEST_FILE} --dry-run) ...\n`);
    const before = world.databricks.control.state();
    meter.start();
    const ended = await world.provision({ provision: this.#request, dryRun: true });
    const result = readPlan(world, ended, { before, measured: meter.read() });
    screen.plan(result);
    return result.ok;
  }

  async #provision(): Promise<ProvisioningResult> {
    const { world, screen, meter, places } = this.#play;
    screen.say(`\nDoing it (npx dbsa workspaces create -f ${REQUEST_FILE} --wait) ...\n`);
    const before = world.databricks.control.state();
    const input = { provision: this.#request };
    meter.start();
    const ended = await world.provision(input);
    const judged = { before, measured: meter.read(), places: places(world), input };
    return readProvisioning(world, ended, judged);
  }

  /** What is wrong with the same request once more, which has to find everything and to write nothing. */
  async #again(): Promise<readonly string[]> {
    const { world, screen, places } = this.#play;
    screen.say('\nThe same request once more, which has to find everything and make nothing ...\n');
    const [before, writes] = [world.databricks.control.state(), writesTo(world)];
    const input = { provision: this.#request };
    const ended = await world.provision(input);
    const judged = { before, measured: { transitions: 0, seconds: 0 }, places: places(world), input };
    const { status, headline, objections } = await readProvisioning(world, ended, judged);
    const written = writesTo(world) - writes;
    return [
      ...(status === 'SUCCEEDED' ? [] : [`the second provisioning ended ${status}: ${headline}`]),
      ...(written === 0 ? [] : [`the second provisioning wrote ${written} times`]),
      ...objections,
    ];
  }
}

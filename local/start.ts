import { PortTaken } from './aws/endpoint.ts';
import { Meter } from './console/meter.ts';
import { readOptions, USAGE, UsageError } from './console/options.ts';
import { Screen } from './console/screen.ts';
import { Story } from './console/story.ts';
import { showNext } from './demo/play.ts';
import { SCENARIOS } from './demo/scenarios.ts';
import { makeDemoSecrets } from './demo/secrets.ts';
import { startWorld } from './world.ts';

/** `npm start`: a scenario, end to end, on this machine. */
async function main(): Promise<number> {
  const options = readOptions(process.argv.slice(2), process.env);
  if (options.help) {
    console.log(USAGE);
    return 0;
  }
  refuseRealAws();
  const scenario = SCENARIOS[options.scenario];
  const screen = new Screen(options);
  const meter = new Meter();
  const story = new Story();
  const world = await startWorld({
    bindings: scenario.bindings,
    account: scenario.account,
    makeSecrets: makeDemoSecrets,
    ports: portsFrom(options.port),
    onStep: (what) => screen.say(`  ${what}`),
    onHistory: (event) => {
      meter.note(event);
      const progress = story.tell(event);
      if (progress !== undefined) screen.progress(progress);
    },
  });
  const stopped = new Promise<'stopped'>((resolve) => {
    for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => resolve('stopped'));
  });
  try {
    screen.ready(world);
    const play = { world, screen, meter, places: scenario.places };
    const ok = await Promise.race([scenario.show(play), stopped]);
    if (ok === 'stopped') return 130;
    if (options.once) return ok ? 0 : 1;
    screen.say('\nStill running. Change a secret or rotate the key from a second terminal, or end with Ctrl-C.');
    while ((await Promise.race([showNext(play), stopped])) !== 'stopped');
    return 0;
  } finally {
    await world.close();
  }
}

/** The address of AWS, and the two ports behind it; 0 takes free ones. */
const portsFrom = (aws: number) =>
  aws === 0 ? { aws, databricks: 0, api: 0 } : { aws, databricks: aws + 1, api: aws + 2 };

/** The local run talks to itself only. */
function refuseRealAws(): void {
  const set = Object.keys(process.env).filter((name) => name.startsWith('AWS_ENDPOINT_URL'));
  for (const name of set) {
    const url = URL.parse(process.env[name] ?? '');
    if (url !== null && !['127.0.0.1', 'localhost', '[::1]'].includes(url.hostname)) {
      throw new UsageError(`${name}: found ${process.env[name]}, wanted nothing: the local run never talks to AWS`);
    }
  }
}

try {
  process.exitCode = await main();
} catch (error) {
  if (!(error instanceof UsageError || error instanceof PortTaken)) throw error;
  console.error(error.message);
  if (error instanceof UsageError) console.error(`\n${USAGE}`);
  process.exitCode = 2;
}

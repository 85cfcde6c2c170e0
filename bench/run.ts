import { parseArgs } from 'node:util';
import { measureBundles, printBundles } from './bundles.ts';
import { measureSecrets, printSecrets } from './secrets.ts';

/**
 * `npm run bench` runs every benchmark, `npm run bench -- secrets` or `-- bundles` one of them. `--json` prints one JSON
 * object instead of tables. `--latency MS` is the round trip to the simulated Databricks of the secrets benchmark.
 */

const NAMES = ['bundles', 'secrets'];
const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { json: { type: 'boolean', default: false }, latency: { type: 'string', default: '50' } },
});
const unknown = positionals.filter((name) => !NAMES.includes(name));
if (unknown.length > 0) throw new Error(`there is no benchmark ${unknown.join(', ')}; wanted ${NAMES.join(' or ')}`);
const latencyMs = Number(values.latency);
// The simulated clock counts whole milliseconds, and a request takes half of them each way.
if (!(latencyMs >= 2 && latencyMs % 2 === 0)) throw new Error(`--latency ${values.latency}: wanted an even number`);

const isWanted = (name: string): boolean => positionals.length === 0 || positionals.includes(name);
const say = (text: string): void => {
  if (!values.json) console.log(text);
};

const bundles = isWanted('bundles') ? await measureBundles(say) : undefined;
if (bundles !== undefined && !values.json) printBundles(bundles);
const secrets = isWanted('secrets') ? await measureSecrets(latencyMs, say) : undefined;
if (secrets !== undefined && !values.json) printSecrets(secrets);
if (values.json) console.log(JSON.stringify({ node: process.version, bundles, secrets }));

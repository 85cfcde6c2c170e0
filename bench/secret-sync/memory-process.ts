import { LocalClock } from '../../local/clock.ts';
import { type Address, connect } from './client.ts';
import { installThisProject } from './this-project.ts';

/**
 * A process of its own for one first sync, so that nothing else is in its memory: not the server, not a sync before it.
 * Takes an address, a number of secrets and the size of each; prints the most bytes that it held. Wants `--expose-gc`.
 */

const [address, count, bytes] = JSON.parse(process.argv[2] ?? '') as readonly [Address, number, number];
const { gc } = globalThis;
if (gc === undefined) throw new Error('start this with --expose-gc: otherwise garbage is counted too');

const ANSWERS_PER_LOOK = 5;

const held = (): number => {
  gc();
  const { heapUsed, external } = process.memoryUsage();
  return heapUsed + external;
};

let answers = 0;
let most = 0;
const options = { secrets: { count, bytes }, latencyMs: 50, awsMs: 10 };
const client = await connect(address, options, new LocalClock(), () => {
  answers += 1;
  // In the middle of a batch: the requests that are under way hold their bodies.
  if (answers % ANSWERS_PER_LOOK === 0) most = Math.max(most, held());
});
const sync = installThisProject(client);
const before = held();
await sync(null);
await client.close();
console.log(most - before);

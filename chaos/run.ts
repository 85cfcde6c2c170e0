import { parseArgs } from 'node:util';
import { oneRun } from './one-run.ts';
import { describeRun } from './report.ts';

/**
 * `npm run chaos` runs 20 seeds, one after another, beginning with a random one. `--seed S` begins with S, `--runs N` runs
 * N seeds, `--minutes M` ends with the run that is under way after M minutes, `--story` tells everything that happened in a
 * run before its line. Ends with 1 if a run has an objection.
 */

const { values } = parseArgs({
  options: {
    runs: { type: 'string', default: '20' },
    seed: { type: 'string' },
    minutes: { type: 'string' },
    story: { type: 'boolean', default: false },
  },
});

const whole = (name: string, text: string): number => {
  const number = Number(text);
  if (!Number.isSafeInteger(number) || number < 0) throw new Error(`--${name} ${text}: wanted a whole number`);
  return number;
};

const runs = whole('runs', values.runs);
const first = values.seed === undefined ? Math.floor(Math.random() * 1e6) : whole('seed', values.seed);
const endMs = values.minutes === undefined ? Number.POSITIVE_INFINITY : whole('minutes', values.minutes) * 60_000;

const began = performance.now();
const failed: number[] = [];
let done = 0;
while (done < runs && performance.now() - began < endMs) {
  const runBegan = performance.now();
  const run = await oneRun(first + done);
  if (values.story) console.log(run.story.lines().join('\n'));
  console.log(describeRun(run, (performance.now() - runBegan) / 1000));
  if (run.objections.length > 0) failed.push(run.seed);
  done += 1;
}
const seconds = Math.round((performance.now() - began) / 1000);
console.log(
  `\n${done} runs from seed ${first} on in ${seconds} s: ${done - failed.length} passed, ${failed.length} failed`,
);
for (const seed of failed) console.log(`seed ${seed} failed; npm run chaos -- --runs 1 --seed ${seed} runs it again`);
process.exitCode = failed.length > 0 ? 1 : 0;

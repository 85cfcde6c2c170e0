import { createHash } from 'node:crypto';
import { uuidFrom } from './uuid.ts';

/** The functions that JSONata 2.2 brings, without `$eval`, which Step Functions takes away. */
export const JSONATA_FUNCTIONS: ReadonlySet<string> = new Set(
  (
    'sum count max min average string substring substringBefore substringAfter lowercase uppercase length trim pad ' +
    'match contains replace split join formatNumber formatBase formatInteger parseInteger number floor ceil round ' +
    'abs sqrt power random boolean not map zip filter single reduce sift keys lookup append exists spread merge ' +
    'reverse each error assert type sort shuffle distinct base64encode base64decode encodeUrlComponent encodeUrl ' +
    'decodeUrlComponent decodeUrl toMillis fromMillis clone now millis'
  ).split(' '),
);

/** The functions that Step Functions adds ("Transforming data with JSONata in Step Functions"). */
export const STEP_FUNCTIONS_FUNCTIONS: ReadonlySet<string> = new Set([
  'partition',
  'range',
  'hash',
  'random',
  'uuid',
  'parse',
]);

const HASHES: ReadonlyMap<unknown, string> = new Map([
  ['MD5', 'md5'],
  ['SHA-1', 'sha1'],
  ['SHA-256', 'sha256'],
  ['SHA-384', 'sha384'],
  ['SHA-512', 'sha512'],
]);

/** AWS accepts `$range` up to this many elements and answers one more with a memory limit. */
const LONGEST_RANGE = 360_145;

const partition = (array: unknown, size: unknown): unknown => {
  if (array === undefined) return undefined;
  const all = Array.isArray(array) ? array : [array];
  const length = Math.trunc(Number(size));
  if (!(length > 0) || all.length === 0) return undefined;
  return Array.from({ length: Math.ceil(all.length / length) }, (_, at) => all.slice(at * length, (at + 1) * length));
};

const range = (start: unknown, end: unknown, delta: unknown): unknown => {
  const [from, to, step] = [start, end, delta].map((each) => Math.trunc(Number(each)));
  if (from === undefined || to === undefined || step === undefined) return undefined;
  const length = Math.floor((to - from) / step) + 1;
  if (!(length > 0) || !Number.isFinite(length)) return undefined;
  if (length > LONGEST_RANGE) throw new Error('Expression evaluation memory limit exceeded');
  return length === 1 ? from : Array.from({ length }, (_, at) => from + at * step);
};

const hash = (text: unknown, algorithm: unknown): unknown => {
  if (text === undefined || algorithm === undefined) return undefined;
  const known = HASHES.get(algorithm);
  if (known === undefined) throw new Error(`$hash does not know the algorithm '${String(algorithm)}'`);
  return createHash(known).update(String(text)).digest('hex');
};

/** Mulberry32: a small generator with a fixed sequence for each seed. */
const seeded = (seed: number): number => {
  let state = (Math.trunc(seed) + 0x6d2b79f5) | 0;
  state = Math.imul(state ^ (state >>> 15), state | 1);
  state ^= state + Math.imul(state ^ (state >>> 7), state | 61);
  return ((state ^ (state >>> 14)) >>> 0) / 2 ** 32;
};

/**
 * What is bound beside the variables in every expression. Sizes and bounds are rounded towards zero, and an argument
 * that makes no sense yields nothing, which the state then reports as States.QueryEvaluationError. `random` answers
 * numbers from 0 up to but excluding 1.
 */
export const queryFunctions = (random: () => number): Readonly<Record<string, unknown>> => ({
  partition,
  range,
  hash,
  random: (seed?: unknown) => (seed === undefined ? random() : seeded(Number(seed))),
  uuid: () => uuidFrom(random),
  parse: (text: unknown) => (text === undefined ? undefined : JSON.parse(String(text))),
  eval: undefined,
});

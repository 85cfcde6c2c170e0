import type { AwsFault, AwsFaultEffect } from '../local/aws/aws-faults.ts';
import type { EventFault, EventFaultEffect } from '../local/aws/event-faults.ts';
import type { Fault, FaultEffect } from '../local/databricks/faults.ts';
import type { DeathMoment, LambdaFault } from '../local/lambda/lambda-faults.ts';
import type { World } from '../local/world.ts';
import type { Draw } from './draw.ts';

/** What goes wrong in one run, and how often. Times are milliseconds. */
export interface FaultPlan {
  readonly databricks: readonly Fault[];
  readonly aws: readonly AwsFault[];
  readonly lambda: readonly LambdaFault[];
  readonly events: readonly EventFault[];
  /** Clocks of Lambda environments are wrong by up to so much. */
  readonly mostSkewMs: number;
  readonly databricksAheadMs: number;
}

export function drawFaults(draw: Draw): FaultPlan {
  const many = <T>(subject: string, least: number, most: number, make: (draw: Draw) => T): readonly T[] => {
    const own = draw.about(subject);
    return Array.from({ length: own.whole(least, most) }, () => make(own));
  };
  const clocks = draw.about('clocks');
  return {
    databricks: many('databricks', 1, 5, databricksFault),
    aws: many('aws', 0, 3, awsFault),
    lambda: many('lambda', 0, 4, lambdaFault),
    events: many('events', 0, 2, eventFault),
    mostSkewMs: clocks.one([0, 0, 500, 5_000]),
    databricksAheadMs: clocks.one([0, 0, -90_000, -3_000, 3_000, 90_000]),
  };
}

/** Puts the plan in force; the clocks of Lambdas are wrong until `clearFaults`, those of Databricks for good. */
export function raiseFaults(plan: FaultPlan, { databricks, aws }: World): void {
  for (const fault of plan.databricks) databricks.control.addFault(fault);
  for (const fault of plan.aws) aws.faults.add(fault);
  for (const fault of plan.lambda) aws.functions.faults.add(fault);
  for (const fault of plan.events) aws.bus.faults.add(fault);
  aws.functions.faults.skewClocks(plan.mostSkewMs);
}

export function clearFaults({ databricks, aws }: World): void {
  databricks.control.clearFaults();
  aws.faults.clear();
  aws.functions.faults.clear();
  aws.bus.faults.clear();
}

const ON_WIRE: readonly ((draw: Draw) => FaultEffect & { readonly tookEffect?: boolean })[] = [
  (draw) => ({ kind: 'throttled', retryAfterSeconds: draw.whole(0, 20) }),
  () => ({ kind: 'throttled' }),
  () => ({ kind: 'server-error' }),
  () => ({ kind: 'server-error', tookEffect: true }),
  // 503 turns a request away before anything happened: every SDK of Databricks repeats it, whatever the method.
  () => ({ kind: 'unavailable' }),
  () => ({ kind: 'bad-gateway' }),
  () => ({ kind: 'bad-gateway', tookEffect: true }),
  () => ({ kind: 'login-page' }),
  () => ({ kind: 'reset' }),
  () => ({ kind: 'reset', tookEffect: true }),
  (draw) => ({ kind: 'slow', realMs: draw.whole(10, 60) }),
  () => ({ kind: 'token-dropped' }),
];

const PATHS = [
  '/workspaces',
  '/customer-managed-keys',
  '/(credentials|storage-configurations|networks)',
  '/clusters/',
  '/sql/',
  '/instance-pools/',
  '/secrets/',
] as const;

function databricksFault(draw: Draw): Fault {
  const probability = draw.one([0.02, 0.05, 0.1, 0.2, 0.4]);
  // Nothing but a change can be in conflict; asking for a token is none.
  if (draw.chance(0.1)) {
    return {
      kind: 'empty-conflict',
      method: draw.one(['POST', 'PATCH', 'DELETE']),
      path: draw.one(PATHS),
      probability,
    };
  }
  const where = draw.one([
    {},
    { method: 'POST' },
    { method: 'PATCH' },
    { method: 'GET' },
    { method: 'DELETE' },
    { path: draw.one(PATHS) },
  ]);
  return { ...draw.one(ON_WIRE)(draw), ...where, probability };
}

const OF_AWS: readonly ((draw: Draw) => AwsFaultEffect)[] = [
  () => ({ kind: 'throttled' }),
  () => ({ kind: 'internal-error' }),
  () => ({ kind: 'unavailable' }),
  () => ({ kind: 'reset' }),
  () => ({ kind: 'reset', tookEffect: true }),
  (draw) => ({ kind: 'slow', realMs: draw.whole(10, 60) }),
];

/** State is where most of it goes. */
const SERVICES = ['dynamodb', 'dynamodb', 'dynamodb', 'kms', 'secretsmanager', 'states', 'lambda', 'sns', 'events'];

function awsFault(draw: Draw): AwsFault {
  return {
    ...draw.one(OF_AWS)(draw),
    service: draw.one(SERVICES),
    probability: draw.one([0.01, 0.02, 0.05]),
    // More than an SDK tries; it waits in real time between its tries, so that more of it would take minutes.
    burst: draw.one([1, 1, 1, 4]),
  };
}

function lambdaFault(draw: Draw): LambdaFault {
  // The first ones most, because most invocations write little; a sync of a full scope writes dozens of times.
  const write = { write: draw.one([draw.whole(1, 4), draw.whole(1, 4), draw.whole(5, 12), draw.whole(13, 40)]) };
  const moment: DeathMoment = draw.one<DeathMoment>([
    { at: 'start' },
    { at: 'end' },
    { at: 'before-write', ...write },
    { at: 'after-write', ...write },
  ]);
  const kind = draw.one(['crash', 'timeout'] as const);
  return { kind, moment, probability: draw.one([0.02, 0.05, 0.1, 0.2]) };
}

const OF_EVENTS: readonly ((draw: Draw) => EventFaultEffect)[] = [
  (draw) => ({ kind: 'duplicated', laterMs: draw.one([0, 1_000, 60_000, 900_000]) }),
  (draw) => ({ kind: 'late', byMs: draw.one([1_000, 30_000, 300_000, 1_800_000]) }),
  (draw) => ({ kind: 'reordered', withinMs: draw.one([5_000, 120_000]) }),
  () => ({ kind: 'lost' }),
];

const eventFault = (draw: Draw): EventFault => ({
  ...draw.one(OF_EVENTS)(draw),
  probability: draw.one([0.2, 0.5, 1]),
});

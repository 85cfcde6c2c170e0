import type { FaultPlan } from './fault-plan.ts';
import type { Happening } from './happenings.ts';
import type { Run } from './one-run.ts';

/** What happened in one run, as a line; objections below it, one on each. */
export function describeRun(run: Run, seconds: number): string {
  const { seed, scenario, executions, stopped, struck, simulatedMinutes, objections } = run;
  const stubborn = scenario.stubborn;
  const told = [
    counted(run.happenings.map(({ what }) => what.kind)),
    `faults: ${counted(faultNames(run.faults))}`,
    ...(stubborn === undefined ? [] : [`workspace ${stubborn.workspaceId}: ${stubborn.outcome}`]),
    `${executions} executions, ${stopped.length} stopped, ${struck} answers of Databricks struck`,
    `${simulatedMinutes} min in ${seconds.toFixed(1)} s`,
  ];
  return [
    `${objections.length === 0 ? 'ok  ' : 'FAIL'} seed ${seed}: ${told.join('; ')}`,
    ...objections.map((each) => `     - ${each}`),
  ].join('\n');
}

const faultNames = ({
  databricks,
  aws,
  lambda,
  events,
  mostSkewMs,
  databricksAheadMs,
}: FaultPlan): readonly string[] => [
  ...databricks.map(({ kind, tookEffect }) => (tookEffect === true ? `${kind} after effect` : kind)),
  ...aws.map(({ kind, service }) => `${service} ${kind}`),
  ...lambda.map(({ kind, moment }) => `${kind} ${moment.at}`),
  ...events.map(({ kind }) => `events ${kind}`),
  ...(mostSkewMs === 0 ? [] : ['clocks wrong']),
  ...(databricksAheadMs === 0 ? [] : ["Databricks' clock wrong"]),
];

/** `rotate, 2 sync` */
const counted = (names: readonly (string | Happening['kind'])[]): string =>
  names.length === 0
    ? 'none'
    : [...Map.groupBy(names, (name) => name)]
        .map(([name, all]) => (all.length === 1 ? name : `${all.length} ${name}`))
        .join(', ');

import { describe, expect, test } from '@jest/globals';
import type { ComputeUnit } from '../../lambda/domain/compute.ts';
import { planStop, rememberAll, restartOrder, unitKey } from '../../lambda/domain/compute-stop.ts';

const cluster = (state: string, source = 'UI'): ComputeUnit => ({
  kind: 'cluster',
  id: `${state}-${source}`,
  name: 'c',
  state,
  source,
});
const pool = (minIdleInstances: number, instances: number, idleAutoterminationMinutes?: number): ComputeUnit => ({
  kind: 'instance-pool',
  id: 'p',
  name: 'p',
  minIdleInstances,
  instances,
  ...(idleAutoterminationMinutes !== undefined && { idleAutoterminationMinutes }),
});
const warehouse = (state: string, serverless = false): ComputeUnit => ({
  kind: 'sql-warehouse',
  id: state,
  name: 'w',
  state,
  serverless,
});

const verdict = (unit: ComputeUnit): string => {
  const { stop, remember, stillRunning } = planStop([unit], 'stop-and-restart');
  return (
    [stillRunning.length > 0 && 'busy', stop.length > 0 && 'stop', remember.length > 0 && 'restart']
      .filter(Boolean)
      .join(' ') || 'at rest'
  );
};

describe('stopping compute', () => {
  test.each([
    [cluster('RUNNING'), 'busy stop restart'],
    [cluster('PENDING'), 'busy stop restart'],
    [cluster('RESTARTING'), 'busy stop restart'],
    [cluster('RESIZING', 'API'), 'busy stop restart'],
    [cluster('TERMINATING'), 'busy'],
    [cluster('TERMINATED'), 'at rest'],
    [cluster('ERROR'), 'busy stop'],
    [cluster('RUNNING', 'JOB'), 'busy stop'],
    [cluster('RUNNING', 'PIPELINE'), 'busy stop'],
    [cluster('RUNNING', 'PIPELINE_MAINTENANCE'), 'busy stop'],
    [cluster('RUNNING', 'MODELS'), 'busy stop'],
    [cluster('RUNNING', 'SQL'), 'busy'],
    [pool(2, 2, 60), 'busy stop restart'],
    [pool(2, 0, 60), 'busy stop restart'],
    [pool(0, 1), 'busy stop restart'],
    [pool(0, 1, 0), 'busy'],
    [pool(0, 0, 60), 'at rest'],
    [warehouse('RUNNING'), 'busy stop restart'],
    [warehouse('STARTING'), 'busy stop restart'],
    [warehouse('STOPPING'), 'busy'],
    [warehouse('DELETING'), 'busy'],
    [warehouse('STOPPED'), 'at rest'],
    [warehouse('DELETED'), 'at rest'],
    [warehouse('RUNNING', true), 'at rest'],
  ])('%j: %s', (unit, expected) => {
    expect(verdict(unit)).toBe(expected);
  });

  test('under leave-running nothing is asked, under require-stopped everything is only named', () => {
    const units = [cluster('RUNNING'), pool(1, 1)];
    expect(planStop(units, 'leave-running')).toEqual({ stop: [], remember: [], stillRunning: [] });
    expect(planStop(units, 'require-stopped')).toMatchObject({
      stop: [],
      remember: [],
      stillRunning: [expect.any(String), expect.any(String)],
    });
  });

  test('a pool that an interrupted rollout drained is remembered as it was before', () => {
    const joined = rememberAll([pool(3, 3, 60)], [pool(0, 1, 0), cluster('RUNNING')]);
    expect(joined.map(unitKey)).toEqual(['instance-pool/p', 'cluster/RUNNING-UI']);
    expect(joined[0]).toMatchObject({ minIdleInstances: 3, idleAutoterminationMinutes: 60 });
  });

  test('pools are restarted before what draws from them', () => {
    expect(restartOrder([cluster('RUNNING'), warehouse('RUNNING'), pool(1, 1)]).map(({ kind }) => kind)).toEqual([
      'instance-pool',
      'cluster',
      'sql-warehouse',
    ]);
  });
});

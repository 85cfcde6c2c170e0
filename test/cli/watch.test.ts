import { describe, expect, test } from '@jest/globals';
import type { Operation } from '../../lambda/contract/api-answers.ts';
import type { ApiServer } from './api-server.ts';
import { eachServer } from './each-server.ts';
import { ROLLOUT_SUMMARY } from './examples.ts';
import { dbsa } from './run-dbsa.ts';

let server: ApiServer;
eachServer((one) => {
  server = one;
});

const SUCCEEDED = { status: 'SUCCEEDED', finishedAt: '2026-08-01T12:30:00.000Z' };

const progress = (succeeded: number, running: number) => ({
  progress: { total: 2, pending: 2 - succeeded - running, running, succeeded, failed: 0 },
});
const item = (name: string, step: string | null) => ({ item: name, status: 'RUNNING', step });

/** What a rollout looks like, look after look. */
const STORY: readonly Partial<Operation>[] = [
  {},
  { ...progress(0, 1), items: [item('ws-a', 'Take lease')] },
  { ...progress(0, 1), items: [item('ws-a', 'Stop compute')] },
  { ...progress(0, 1), items: [item('ws-a', 'Stop compute')] },
  { ...progress(1, 1), items: [item('workspace-b', 'Take lease')] },
  { ...progress(2, 0), ...SUCCEEDED, result: { ...ROLLOUT_SUMMARY } },
];

const idOf = (text: string): string => /(key-rollout|secret-sync)\.key-[0-9a-f]{8}/.exec(text)?.[0] ?? '';
const withoutTimes = (text: string): readonly string[] =>
  text.split('\n').map((line) => line.replace(/^\d\d:\d\d:\d\d {2}/, '@ '));

describe('dbsa operations watch', () => {
  test('of one that has ended shows its end at once', async () => {
    server.operations.add({ ...SUCCEEDED, result: { ...ROLLOUT_SUMMARY } });
    const { code, out, slept } = await dbsa(server, 'operations watch key-rollout.main-1');

    expect([code, slept]).toEqual([0, []]);
    expect(out).toContain('key rollout of binding/main: 1 rolled out');
  });

  test('goes on while it is to be started again', async () => {
    server.operations.add({}, { status: 'PENDING_REDRIVE' }, { ...SUCCEEDED });
    const { code, out } = await dbsa(server, 'rollout watch key-rollout.main-1');

    expect(code).toBe(0);
    expect(withoutTimes(out)).toEqual([
      ...['@ key-rollout.main-1 RUNNING', '@ PENDING_REDRIVE', '@ SUCCEEDED', '', 'SUCCEEDED, without a result', ''],
    ]);
  });

  test('an item that a full list pushed out is not told to have ended', async () => {
    const full = Array.from({ length: 20 }, (_, index) => item(`ws-${index}`, 'Stop compute'));
    server.operations.add({ items: full }, { items: [...full.slice(1), item('ws-20', null)] }, { ...SUCCEEDED });
    const { out } = await dbsa(server, 'operations watch key-rollout.main-1');

    const lines = withoutTimes(out).map((line) => line.replaceAll(/ +/g, ' '));
    expect(lines.indexOf('@ ws-20 RUNNING')).toBeGreaterThan(0);
    expect(lines).not.toContain('@ ws-0 ended');
    expect(lines).toContain('@ ws-20 ended');
  });

  test('Ctrl-C says that the operation goes on', async () => {
    server.operations.add({});
    const interrupt = new AbortController();
    const { code, out, err } = await dbsa(server, 'operations watch key-rollout.main-1', {
      signal: interrupt.signal,
      onSleep: (count) => {
        if (count === 2) interrupt.abort();
      },
    });

    expect(code).toBe(130);
    expect(withoutTimes(out)).toEqual(['@ key-rollout.main-1 RUNNING', '']);
    expect(err).toBe(
      'dbsa: interrupted\nkey-rollout.main-1 goes on. Watch it again: npx dbsa operations watch key-rollout.main-1\n',
    );
  });

  test('Ctrl-C while an answer is awaited says so, too', async () => {
    const id = server.operations.add({});
    const interrupt = new AbortController();
    const { code, err } = await dbsa(server, `operations watch ${id}`, {
      signal: interrupt.signal,
      onSleep: () => {
        server.faults.push({ fault: 'mute' });
        setImmediate(() => interrupt.abort());
      },
    });

    expect(code).toBe(130);
    expect(err).toContain(`${id} goes on.`);
  });

  test('an API that goes away while watching says that the operation goes on', async () => {
    const id = server.operations.add({});
    const { code, err } = await dbsa(server, `operations watch ${id}`, {
      onSleep: (count) => {
        if (count === 1) for (let index = 0; index < 4; index += 1) server.faults.push({ fault: 'break' });
      },
    });

    expect(code).toBe(4);
    expect(err).toContain(`${id} goes on. Watch it again`);
  });

  test('an operation that is not known is refused, and does not go on', async () => {
    const { code, err } = await dbsa(server, 'operations watch secret-sync.nothing');

    expect(code).toBe(3);
    expect(err).toContain('OperationNotFound');
    expect(err).not.toContain('goes on');
  });

  test('rollout watch takes rollouts only', async () => {
    const { code, err } = await dbsa(server, 'rollout watch secret-sync.x');

    expect(code).toBe(2);
    expect(err).toContain('found "secret-sync.x"');
    expect(server.calls).toEqual([]);
  });
});

describe('dbsa rollout start --wait', () => {
  test('tells every change once, and how it ended', async () => {
    server.operations.story = STORY;
    const { code, out } = await dbsa(server, 'rollout start main --wait');

    expect(code).toBe(0);
    expect(withoutTimes(out)).toEqual([
      `@ ${idOf(out)} RUNNING`,
      '@ ws-a  Take lease',
      '@ 0 of 2 ended, 1 under way',
      '@ ws-a  Stop compute',
      '@ ws-a         ended',
      '@ workspace-b  Take lease',
      '@ 1 of 2 ended, 1 under way',
      '@ workspace-b  ended',
      '@ 2 of 2 ended',
      '@ SUCCEEDED',
      '',
      'key rollout of binding/main: 1 rolled out',
      `key ${ROLLOUT_SUMMARY.keyArn}, key configuration cmk-3`,
      '',
      'WORKSPACE  ID                OUTCOME     RESTARTED  SECRETS           FAILURE',
      '---------  ----------------  ----------  ---------  ----------------  -------',
      'analytics  4711000000000001  ROLLED_OUT  2          28 written again  -',
      '',
    ]);
  });

  test('with --json prints one line for each change', async () => {
    server.operations.story = STORY;
    const { code, out } = await dbsa(server, 'rollout start main --wait --json');

    const lines = out
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line) as Operation);
    expect(code).toBe(0);
    expect(lines.map(({ items, status }) => items[0]?.step ?? status)).toEqual([
      ...['RUNNING', 'Take lease', 'Stop compute', 'Take lease', 'SUCCEEDED'],
    ]);
  });

  test('looks less often while nothing happens, and often again after a change', async () => {
    server.operations.story = [
      ...Array.from({ length: 12 }, () => ({})),
      { ...progress(0, 1) },
      { ...progress(1, 0) },
      SUCCEEDED,
    ];
    const { slept } = await dbsa(server, 'rollout start main --wait');

    expect(slept.slice(0, 3)).toEqual([1000, 1500, 2250]);
    expect(slept.slice(-5)).toEqual([10_000, 10_000, 10_000, 1000, 1000]);
  });
});

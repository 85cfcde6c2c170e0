import { describe, expect, test } from '@jest/globals';
import type { ClusterSeed } from '../../../local/databricks/seed.ts';
import { ACME, DAY, field, type Reply, run, SECOND, STARTED_AT } from './running-simulator.ts';

const API = '/api/2.1/clusters';

const withClusters = (...clusters: readonly ClusterSeed[]) => run({ workspaces: [{ ...ACME, clusters }] });
const listed = (reply: Reply) =>
  ((field(reply, 'clusters') ?? []) as { readonly cluster_id: string }[]).map(({ cluster_id }) => cluster_id);
const wire = (id: string) => ({ cluster_id: id });

describe('clusters', () => {
  test('lists nothing as an empty object', async () => {
    const { workspace } = await withClusters();

    expect(await workspace('GET', `${API}/list`)).toMatchObject({ status: 200, text: '{}' });
  });

  test('lists active, pinned and recently terminated clusters without a filter', async () => {
    const { workspace } = await withClusters(
      { id: 'active' },
      { id: 'recent', state: 'TERMINATED', terminatedAt: STARTED_AT - 29 * DAY },
      { id: 'old', state: 'TERMINATED', terminatedAt: STARTED_AT - 31 * DAY },
      { id: 'pinned', state: 'TERMINATED', terminatedAt: STARTED_AT - 31 * DAY, pinned: true },
    );

    expect(listed(await workspace('GET', `${API}/list`))).toEqual(['active', 'recent', 'pinned']);
    expect(await workspace('GET', `${API}/get?cluster_id=old`)).toMatchObject({
      status: 400,
      body: { error_code: 'INVALID_STATE' },
    });
  });

  test('filters by repeated states, by source and by pin', async () => {
    const { workspace } = await withClusters(
      { id: 'a', source: 'JOB' },
      { id: 'b', state: 'PENDING', pinned: true },
      { id: 'c', state: 'TERMINATED' },
    );

    const states = 'filter_by.cluster_states=RUNNING&filter_by.cluster_states=PENDING';

    expect(listed(await workspace('GET', `${API}/list?${states}`))).toEqual(['a', 'b']);
    expect(listed(await workspace('GET', `${API}/list?filter_by.cluster_sources=JOB`))).toEqual(['a']);
    expect(listed(await workspace('GET', `${API}/list?filter_by.is_pinned=true`))).toEqual(['b']);
  });

  test.each(['absent', 'empty'] as const)('pages until a token that is %s', async (lastPageToken) => {
    const clusters = Array.from({ length: 5 }, (_, n) => ({ id: `c-${n}` }));
    const { workspace } = await run({ workspaces: [{ ...ACME, clusters }] }, { switches: { lastPageToken } });

    const first = await workspace('GET', `${API}/list?page_size=3`);
    const last = await workspace('GET', `${API}/list?page_size=3&page_token=${field(first, 'next_page_token')}`);

    expect([...listed(first), ...listed(last)]).toEqual(['c-0', 'c-1', 'c-2', 'c-3', 'c-4']);
    expect(field(last, 'next_page_token')).toBe(lastPageToken === 'empty' ? '' : undefined);
    expect(field(last, 'prev_page_token')).toEqual(expect.any(String));
  });

  test('gives 20 to a page, takes at most 100, and refuses a token that it did not give out', async () => {
    const { workspace } = await withClusters(...Array.from({ length: 21 }, (_, n) => ({ id: `c-${n}` })));

    expect(listed(await workspace('GET', `${API}/list`))).toHaveLength(20);
    expect((await workspace('GET', `${API}/list?page_size=101`)).status).toBe(400);
    expect((await workspace('GET', `${API}/list?page_token=made-up`)).status).toBe(400);
  });

  test('terminates in the background, and again without effect', async () => {
    const { workspace, pass } = await withClusters({ id: 'c-1' });
    const state = async () => field(await workspace('GET', `${API}/get?cluster_id=c-1`), 'state');

    const reply = await workspace('POST', `${API}/delete`, wire('c-1'));
    const atOnce = await state();
    pass(20 * SECOND);
    const later = await state();
    const again = await workspace('POST', `${API}/delete`, wire('c-1'));

    expect(reply).toMatchObject({ status: 200, text: '{}' });
    expect([atOnce, later, await state(), again.status]).toEqual(['TERMINATING', 'TERMINATED', 'TERMINATED', 200]);
  });

  test('starts a terminated cluster over PENDING', async () => {
    const { workspace, pass } = await withClusters({ id: 'c-1', state: 'TERMINATED' });
    const state = async () => field(await workspace('GET', `${API}/get?cluster_id=c-1`), 'state');

    await workspace('POST', `${API}/start`, wire('c-1'));
    const atOnce = await state();
    pass(60 * SECOND);

    expect([atOnce, await state()]).toEqual(['PENDING', 'RUNNING']);
  });

  test.each([
    ['RUNNING', 'Running'],
    ['PENDING', 'Pending'],
    ['TERMINATING', 'Terminating'],
  ] as const)('refuses to start a cluster that is %s', async (state, word) => {
    const { workspace } = await withClusters({ id: 'c-1', state });

    const reply = await workspace('POST', `${API}/start`, wire('c-1'));

    expect(reply.status).toBe(400);
    expect(reply.body).toEqual({
      error_code: 'INVALID_STATE',
      message: `Cluster c-1 is in unexpected state ${word}.`,
    });
  });

  test('refuses to start a job cluster', async () => {
    const { workspace } = await withClusters({ id: 'c-1', state: 'TERMINATED', source: 'JOB' });

    expect((await workspace('POST', `${API}/start`, wire('c-1'))).status).toBe(400);
  });

  test.each(['delete', 'start', 'permanent-delete'])(
    '%s answers 400 for a cluster that does not exist',
    async (verb) => {
      const { workspace } = await withClusters();

      const reply = await workspace('POST', `${API}/${verb}`, wire('c-9'));

      expect(reply.status).toBe(400);
      expect(reply.body).toEqual({ error_code: 'INVALID_PARAMETER_VALUE', message: 'Cluster c-9 does not exist' });
    },
  );

  test('permanent-delete destroys a cluster, but not a pinned one', async () => {
    const { workspace } = await withClusters({ id: 'c-1' }, { id: 'c-2', pinned: true });

    const gone = await workspace('POST', `${API}/permanent-delete`, wire('c-1'));
    const pinned = await workspace('POST', `${API}/permanent-delete`, wire('c-2'));

    expect([gone.status, pinned.status]).toEqual([200, 400]);
    expect(listed(await workspace('GET', `${API}/list`))).toEqual(['c-2']);
  });

  test('one that never ends stays TERMINATING, one that breaks ends in ERROR', async () => {
    const { workspace, pass } = await withClusters({ id: 'c-1', ends: 'never' }, { id: 'c-2', ends: 'error' });
    for (const id of ['c-1', 'c-2']) await workspace('POST', `${API}/delete`, wire(id));

    pass(DAY);
    const stuck = await workspace('GET', `${API}/get?cluster_id=c-1`);
    const broken = await workspace('GET', `${API}/get?cluster_id=c-2`);

    expect([field(stuck, 'state'), field(broken, 'state')]).toEqual(['TERMINATING', 'ERROR']);
  });

  test('a scheduler starts an all-purpose cluster again as often as it was told to', async () => {
    const { workspace, pass } = await withClusters({ id: 'c-1', relaunches: 2 });
    const seen: unknown[] = [];

    for (let round = 0; round < 3; round += 1) {
      await workspace('POST', `${API}/delete`, wire('c-1'));
      pass(50 * SECOND);
      seen.push(field(await workspace('GET', `${API}/get?cluster_id=c-1`), 'state'));
    }

    expect(seen).toEqual(['PENDING', 'PENDING', 'TERMINATED']);
  });

  test('a scheduler gives each run of a job a cluster of its own', async () => {
    const { workspace, pass } = await withClusters({ id: 'job-7', source: 'JOB', relaunches: 2 });

    await workspace('POST', `${API}/delete`, wire('job-7'));
    pass(50 * SECOND);
    await workspace('POST', `${API}/delete`, wire('job-7-run-2'));
    pass(50 * SECOND);
    const running = await workspace('GET', `${API}/list?filter_by.cluster_states=PENDING`);

    expect(listed(running)).toEqual(['job-7-run-3']);
    expect(listed(await workspace('GET', `${API}/list`))).toEqual(['job-7', 'job-7-run-2', 'job-7-run-3']);
  });

  test('answers version 2.0 of the API alike', async () => {
    const { workspace } = await withClusters({ id: 'c-1' });

    expect(listed(await workspace('GET', '/api/2.0/clusters/list'))).toEqual(['c-1']);
  });
});

import { describe, expect, test } from '@jest/globals';
import type { WarehouseSeed } from '../../../local/databricks/seed.ts';
import { ACME, DAY, field, type Reply, run, SECOND } from './running-simulator.ts';

const API = '/api/2.0/sql/warehouses';

const withWarehouses = (...warehouses: readonly WarehouseSeed[]) => run({ workspaces: [{ ...ACME, warehouses }] });
const ids = (reply: Reply) => ((field(reply, 'warehouses') ?? []) as { readonly id: string }[]).map(({ id }) => id);

describe('SQL warehouses', () => {
  test('lists nothing as an empty object', async () => {
    const { workspace } = await withWarehouses();

    expect(await workspace('GET', API)).toMatchObject({ status: 200, text: '{}' });
  });

  test('pages, and tells classic from serverless', async () => {
    const { workspace } = await withWarehouses(
      { id: 'w-1', name: 'classic' },
      { id: 'w-2', name: 'pro', type: 'PRO' },
      { id: 'w-3', name: 'serverless', serverless: true },
    );

    const first = await workspace('GET', `${API}?page_size=2`);
    const last = await workspace('GET', `${API}?page_size=2&page_token=${field(first, 'next_page_token')}`);

    expect([ids(first), ids(last)]).toEqual([['w-1', 'w-2'], ['w-3']]);
    expect(field(last, 'next_page_token')).toBeUndefined();
    expect((await workspace('GET', `${API}/w-2`)).body).toMatchObject({
      warehouse_type: 'PRO',
      enable_serverless_compute: false,
    });
    expect((await workspace('GET', `${API}/w-3`)).body).toMatchObject({ enable_serverless_compute: true });
  });

  test('stops and starts in the background', async () => {
    const { workspace, pass } = await withWarehouses({ id: 'w-1', name: 'sql' });
    const state = async () => field(await workspace('GET', `${API}/w-1`), 'state');
    const seen: unknown[] = [];

    const stopped = await workspace('POST', `${API}/w-1/stop`, {});
    seen.push(await state());
    pass(20 * SECOND);
    seen.push(await state());
    await workspace('POST', `${API}/w-1/start`, {});
    seen.push(await state());
    pass(60 * SECOND);

    expect(stopped).toMatchObject({ status: 200, text: '{}' });
    expect([...seen, await state()]).toEqual(['STOPPING', 'STOPPED', 'STARTING', 'RUNNING']);
  });

  test('stopping a stopped one and starting a running one changes nothing', async () => {
    const { workspace } = await withWarehouses({ id: 'w-1', name: 'a', state: 'STOPPED' }, { id: 'w-2', name: 'b' });

    expect((await workspace('POST', `${API}/w-1/stop`, {})).status).toBe(200);
    expect((await workspace('POST', `${API}/w-2/start`, {})).status).toBe(200);
    expect(field(await workspace('GET', `${API}/w-1`), 'state')).toBe('STOPPED');
  });

  test('a stuck one stays STOPPING', async () => {
    const { workspace, pass } = await withWarehouses({ id: 'w-1', name: 'sql', stuckStopping: true });

    await workspace('POST', `${API}/w-1/stop`, {});
    pass(DAY);

    expect(field(await workspace('GET', `${API}/w-1`), 'state')).toBe('STOPPING');
    expect((await workspace('POST', `${API}/w-1/start`, {})).status).toBe(400);
  });

  test('answers 404 for one that does not exist', async () => {
    const { workspace } = await withWarehouses();

    expect(await workspace('POST', `${API}/w-9/stop`, {})).toMatchObject({
      status: 404,
      body: { error_code: 'RESOURCE_DOES_NOT_EXIST' },
    });
  });
});

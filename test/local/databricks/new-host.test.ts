import { describe, expect, test } from '@jest/globals';
import { IN_NETWORK, onHost, runCreation } from './provisioning.ts';
import { field, MINUTE, SECOND } from './running-simulator.ts';

const MANAGED_KEY = 'managed_services_customer_managed_key_id';

describe('the host of a new workspace', () => {
  const NAMED = { ...IN_NETWORK, deployment_name: 'NewOne' };
  const LIST = ['GET', '/api/2.1/clusters/list'] as const;
  const PREFIXED = { deploymentPrefix: '' };

  test('is there from RUNNING on, with everything that a workspace has', async () => {
    const running = await runCreation(NAMED, undefined, { switches: PREFIXED });

    const before = await onHost(running, 'newone', ...LIST);
    running.pass(5 * MINUTE);
    const created = await onHost(running, 'newone', 'POST', '/api/2.0/secrets/scopes/create', { scope: 'first' });
    const scopes = await onHost(running, 'newone', 'GET', '/api/2.0/secrets/scopes/list');
    const clusters = await onHost(running, 'newone', ...LIST);

    expect(before).toMatchObject({ status: 404, body: { message: 'Invalid endpoint' } });
    expect(created.status).toBe(200);
    expect(field(scopes, 'scopes')).toMatchObject([{ name: 'first' }]);
    expect(clusters).toMatchObject({ status: 200, body: {} });
  });

  test('is reached with an account token and gets compute by hand', async () => {
    const running = await runCreation(NAMED, undefined, { switches: PREFIXED });
    running.pass(5 * MINUTE);
    const id = running.path.replace('/workspaces/', '');

    await running.control('POST', `/workspaces/${id}/clusters`, { id: 'c-1' });
    const refused = await running.account('PATCH', running.path, { [MANAGED_KEY]: 'cmk-1' });

    expect(field(await onHost(running, 'newone', ...LIST), 'clusters')).toMatchObject([{ cluster_id: 'c-1' }]);
    expect(field(refused, 'message')).toContain('running compute resources: cluster c-1');
  });

  test('has nothing behind it for a while when told to, in the words that were observed', async () => {
    const switches = { ...PREFIXED, timings: { hostLagMs: 30 * SECOND } };
    const running = await runCreation(NAMED, undefined, { switches });
    running.pass(5 * MINUTE);

    const messages: unknown[] = [];
    for (let request = 0; request < 3; request += 1) {
      const reply = await onHost(running, 'newone', ...LIST);
      messages.push(field(reply, 'message'));
      running.pass(10 * SECOND);
    }

    expect(await running.seen()).toBe('RUNNING: Workspace is running.');
    expect(messages.sort()).toEqual([
      expect.stringMatching(/^Current organization \d+ does not have any associated worker environments$/),
      expect.stringMatching(/^There is no worker environment with id \d+$/),
      'Unknown worker environment',
    ]);
    expect((await onHost(running, 'newone', ...LIST)).status).toBe(200);
  });

  test('does not come when the creation fails', async () => {
    const running = await runCreation(NAMED, { ends: 'FAILED' }, { switches: PREFIXED });
    running.pass(5 * MINUTE);

    expect((await onHost(running, 'newone', ...LIST)).status).toBe(404);
  });
});

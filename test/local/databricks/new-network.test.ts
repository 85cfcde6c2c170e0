import { describe, expect, test } from '@jest/globals';
import { IN_NETWORK, runCreation } from './provisioning.ts';
import { field, MINUTE } from './running-simulator.ts';

describe('the network of a new workspace', () => {
  const NETWORK_PATH = '/networks/network-1';

  test('names the workspace at once and is VALID after the setup', async () => {
    const { account, pass, path } = await runCreation();

    const atOnce = await account('GET', NETWORK_PATH);
    pass(5 * MINUTE);
    const checked = await account('GET', NETWORK_PATH);

    expect(atOnce.text).toContain(`"workspace_id":${path.replace('/workspaces/', '')},`);
    expect(field(atOnce, 'vpc_status')).toBe('UNATTACHED');
    expect(checked.body).toMatchObject({ vpc_status: 'VALID', error_messages: [], warning_messages: [] });
  });

  test.each(['credentials', 'vpc', 'subnet', 'securityGroup', 'networkAcl'] as const)(
    'is BROKEN after a setup that failed for its %s',
    async (error_type) => {
      const errors = [{ error_type, error_message: 'No.' }];
      const { account, pass } = await runCreation(IN_NETWORK, { errors });

      const before = await account('GET', NETWORK_PATH);
      pass(5 * MINUTE);

      expect(before.body).not.toHaveProperty('error_messages');
      expect((await account('GET', NETWORK_PATH)).body).toMatchObject({ vpc_status: 'BROKEN', error_messages: errors });
    },
  );

  test('is WARNED while the workspace runs', async () => {
    const warnings = [{ warning_type: 'securityGroup', warning_message: 'A NAT instance was found' }] as const;
    const { account, pass, seen } = await runCreation(IN_NETWORK, { warnings });

    pass(5 * MINUTE);

    expect(await seen()).toBe('RUNNING: Workspace is running.');
    expect((await account('GET', NETWORK_PATH)).body).toMatchObject({
      vpc_status: 'WARNED',
      error_messages: [],
      warning_messages: warnings,
    });
  });

  test('shows in the state of the control endpoint', async () => {
    const { control, path } = await runCreation();

    const [network] = field(await control('GET', '/state'), 'networks') as readonly unknown[];

    expect(network).toMatchObject({ network_id: 'network-1', workspace_id: path.replace('/workspaces/', '') });
  });

  test.each([
    ['/networks/network-1', { errors: [{ error_type: 'dns', error_message: 'x' }] }, 'error_type must be one of'],
    ['/networks/network-1', { errors: [{ error_type: 'vpc' }] }, 'missing: error_message'],
    ['/networks/unknown', {}, 'Network configuration unknown does not exist'],
    ['/creations', { ends: 'EXPLODED' }, 'ends must be one of'],
    ['/creations', { warnings: [{ warning_type: 'vpc', warning_message: 'x' }] }, 'warning_type must be one of'],
  ])('the control endpoint refuses %s %j', async (path, body, message) => {
    const { control } = await runCreation();

    const reply = await control('POST', path, body);

    expect(reply.status).toBe(400);
    expect(field(reply, 'message')).toContain(message);
  });
});

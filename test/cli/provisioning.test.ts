import { describe, expect, test } from '@jest/globals';
import type { ApiServer } from './api-server.ts';
import { eachServer } from './each-server.ts';
import { DIAGNOSIS, PROVISIONING_SUMMARY, REFUSED_PLAN, WORKSPACE_BODY } from './provisioning-examples.ts';
import { dbsa } from './run-dbsa.ts';

let server: ApiServer;
eachServer((one) => {
  server = one;
});

const UUID = '00000000-0000-4000-8000-000000000000';
const SUCCEEDED = { status: 'SUCCEEDED', finishedAt: '2026-08-01T12:30:00.000Z' };
const DELETE = 'workspaces delete 4711000000000001 --name analytics';

const idOf = (text: string): string => /workspace-provisioning\.key-[0-9a-f]{8}/.exec(text)?.[0] ?? '';

describe('dbsa workspaces diagnose', () => {
  test('tells what is the matter, then what to try in its order', async () => {
    const { code, out } = await dbsa(server, 'workspaces diagnose 4711000000000003');

    expect(code).toBe(0);
    expect(out.split('\n')).toEqual([
      DIAGNOSIS.advice[0],
      `  - ${DIAGNOSIS.advice[1]}`,
      '  - Mend what is said above in AWS. [2J',
      '',
    ]);
  });

  test('with --json prints what the API answered', async () => {
    const { out } = await dbsa(server, 'workspaces diagnose 4711000000000003 --json');

    expect(JSON.parse(out)).toEqual(DIAGNOSIS);
  });

  test('of a workspace that is unknown is refused', async () => {
    expect((await dbsa(server, 'workspaces diagnose 1')).code).toBe(3);
  });
});

describe('dbsa workspaces delete', () => {
  test('deletes under its name, and keeps the network', async () => {
    const { code, out } = await dbsa(server, DELETE);

    expect(code).toBe(0);
    expect(out).toContain(`Watch it: npx dbsa operations watch ${idOf(out)}\n`);
    expect(server.calls).toMatchObject([
      { operationId: 'deleteWorkspace', query: { workspaceName: 'analytics' }, idempotencyKey: UUID },
    ]);
    expect(server.calls[0]?.query).not.toHaveProperty('network');
  });

  test('with --delete-network and --wait deletes both, and shows the end', async () => {
    const headline = 'workspace analytics (4711000000000001) is deleted';
    const removed = { ...PROVISIONING_SUMMARY, headline, made: [], settings: null, url: null, status: null };
    server.operations.story = [{}, { ...SUCCEEDED, result: { ...removed, removed: true } }];
    const { code, out } = await dbsa(server, `${DELETE} --delete-network --wait`);

    expect(code).toBe(0);
    expect(out).toContain(`\n\n${headline}\n`);
    expect(server.calls[0]?.query).toEqual({ workspaceName: 'analytics', network: 'delete' });
  });

  test('under a name with spaces and signs asks for just that', async () => {
    const name = "Team's (old) + new!*";
    const { code, err } = await dbsa(server, ['workspaces', 'delete', '4711000000000001', '--name', name]);

    expect(code).toBe(3);
    expect(err).toContain(`ProvisioningRefused`);
    expect(server.calls[0]?.query).toEqual({ workspaceName: name });
  });

  test('without a name deletes nothing', async () => {
    const { code, err } = await dbsa(server, 'workspaces delete 4711000000000001');

    expect([code, server.calls]).toEqual([2, []]);
    expect(err).toContain('--name: found nothing, wanted the name of the workspace');
  });
});

describe('operations of provisionings', () => {
  const ID = 'workspace-provisioning.key-1';
  const one = { id: ID, kind: 'workspace-provisioning', request: { provision: WORKSPACE_BODY } } as const;

  test('are listed by their kind', async () => {
    server.operations.add({});
    server.operations.add(one);
    const { code, out } = await dbsa(server, 'operations list --kind workspace-provisioning');

    expect(code).toBe(0);
    expect(out.split('\n').filter((line) => line.includes('RUNNING'))).toEqual([expect.stringContaining(ID)]);
  });

  test('are shown with their result', async () => {
    server.operations.add({ ...one, ...SUCCEEDED, result: { ...PROVISIONING_SUMMARY } });
    const { code, out } = await dbsa(server, `operations show ${ID}`);

    expect(code).toBe(0);
    expect(out).toContain(`\n\n${PROVISIONING_SUMMARY.headline}\n`);
  });

  test('are watched until they end; a plan with problems ends with 1 there, too', async () => {
    server.operations.add(one, { ...one, ...SUCCEEDED, result: { ...REFUSED_PLAN } });
    const { code, out } = await dbsa(server, `operations watch ${ID}`);

    expect(code).toBe(1);
    expect(out).toContain(REFUSED_PLAN.headline);
  });

  test('are cancelled', async () => {
    server.operations.add(one);
    const { code, out } = await dbsa(server, `operations cancel ${ID}`);

    expect([code, out]).toEqual([0, `${ID} ABORTED. What is done stays done.\n`]);
  });

  test('are not rollouts', async () => {
    expect((await dbsa(server, `rollout watch ${ID}`)).code).toBe(2);
  });
});

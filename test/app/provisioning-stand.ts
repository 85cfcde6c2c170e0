import type { CreatePorts } from '../../lambda/app/create-workspace.ts';
import type { ProvisioningRequest } from '../../lambda/contract/provisioning.ts';
import type { Workspace } from '../../lambda/domain/workspace.ts';
import { FakeFactory, FakeSetup, SETUP } from './fake-account.ts';
import { FakeLeases, FakeProvenance, FakeRegistrations } from './fake-state.ts';
import { bindings, FakeClock, FakeEvidence, FakeKeys, FakeRegistry, FakeWorkspaces } from './fakes.ts';

export const RUN = 'arn:aws:states:us-west-2:111122223333:execution:provisioning:one';
export const OTHER_RUN = 'arn:aws:states:us-west-2:111122223333:execution:provisioning:two';

export const REQUEST: ProvisioningRequest = {
  ...{ workspaceName: 'prod', region: 'us-west-2', onFailure: 'keep' },
  setup: SETUP,
};

/** What the steps of a provisioning work with: an account without anything, and a host that answers. */
export interface ProvisioningStand extends CreatePorts {
  readonly time: FakeClock;
  readonly setup: FakeSetup;
  readonly workspaces: FakeWorkspaces;
  readonly factory: FakeFactory;
  readonly leases: FakeLeases;
  readonly keys: FakeKeys;
  readonly registry: FakeRegistry;
  readonly registrations: FakeRegistrations;
  readonly provenance: FakeProvenance;
  readonly evidence: FakeEvidence;
  readonly host: { objection(): Promise<string | undefined>; says: string | undefined };
}

export function provisioningStand(...workspaces: readonly Workspace[]): ProvisioningStand {
  const time = new FakeClock();
  const { now: clock } = time;
  const directory = new FakeWorkspaces(...workspaces);
  return {
    ...{ time, clock, bindings: bindings(), calls: () => 3, workspaces: directory, setup: new FakeSetup() },
    ...{ factory: new FakeFactory(directory), leases: new FakeLeases(clock), evidence: new FakeEvidence() },
    ...{ keys: new FakeKeys(), registry: new FakeRegistry(clock), registrations: new FakeRegistrations() },
    provenance: new FakeProvenance(),
    host: {
      says: undefined,
      async objection() {
        return this.says;
      },
    },
  };
}

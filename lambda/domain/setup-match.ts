import type { ById, WantedCredentials, WantedNetwork, WantedStorage } from '../contract/provisioning.ts';
import type { CredentialConfiguration, NetworkConfiguration, StorageConfiguration } from './provisioning.ts';

/** The configuration to use, the word that one has to be made, or why neither is possible. */
export type Choice<Wanted> =
  | { readonly kind: 'use'; readonly id: string; readonly name: string }
  | { readonly kind: 'create'; readonly wanted: Wanted }
  | { readonly kind: 'clash'; readonly problem: string };

interface Named {
  readonly id: string;
  readonly name: string;
}

/** How one kind of configuration is compared. */
export interface Matching<One extends Named, Wanted extends { readonly name: string }> {
  /** Path in the request. */
  readonly of: string;
  readonly words: string;
  readonly isSame: (one: One, wanted: Wanted) => boolean;
  /** What one of the same name is used for, in words. */
  readonly purpose: (one: One) => string;
}

export const CREDENTIALS: Matching<CredentialConfiguration, WantedCredentials> = {
  of: 'credentials',
  words: 'credential configuration',
  isSame: (one, wanted) => one.roleArn === wanted.roleArn,
  purpose: ({ roleArn }) => `role ${roleArn}`,
};

export const STORAGE: Matching<StorageConfiguration, WantedStorage> = {
  of: 'storage',
  words: 'storage configuration',
  isSame: (one, wanted) => one.bucket === wanted.bucket,
  purpose: ({ bucket }) => `bucket ${bucket}`,
};

/** A network belongs to one workspace at a time; one that is BROKEN is not used for a new one. */
export const networkFor = (workspaceId: string | null): Matching<NetworkConfiguration, WantedNetwork> => ({
  of: 'network',
  words: 'network configuration',
  isSame: (one, wanted) =>
    one.vpcId === wanted.vpcId &&
    sameSet(one.subnetIds, wanted.subnetIds) &&
    sameSet(one.securityGroupIds, wanted.securityGroupIds) &&
    sameSet(one.vpcEndpoints?.restApi, wanted.vpcEndpoints?.restApi) &&
    sameSet(one.vpcEndpoints?.dataplaneRelay, wanted.vpcEndpoints?.dataplaneRelay) &&
    (one.workspaceId === undefined ? one.status !== 'BROKEN' : one.workspaceId === workspaceId),
  purpose: ({ vpcId, workspaceId: user }) => `VPC ${vpcId}${user === undefined ? '' : ` and workspace ${user}`}`,
});

const sameSet = (one: readonly string[] = [], other: readonly string[] = []): boolean =>
  new Set(one).symmetricDifference(new Set(other)).size === 0;

/** One by its id; one that is the same, that of the same name first; else one is to be made. */
export function choose<One extends Named, Wanted extends { readonly name: string }>(
  all: readonly One[],
  asked: ById | Wanted,
  { of, words, isSame, purpose }: Matching<One, Wanted>,
): Choice<Wanted> {
  if (!('name' in asked)) {
    const found = all.find(({ id }) => id === asked.id);
    if (found !== undefined) return { kind: 'use', id: found.id, name: found.name };
    return { kind: 'clash', problem: `${of}.id: found '${asked.id}', wanted the id of a ${words} of the account` };
  }
  const namesake = all.find(({ name }) => name === asked.name);
  const same = [namesake, ...all].find((one) => one !== undefined && isSame(one, asked));
  if (same !== undefined) return { kind: 'use', id: same.id, name: same.name };
  if (namesake === undefined) return { kind: 'create', wanted: asked };
  return {
    kind: 'clash',
    problem: `${of}.name: found '${asked.name}', which is the ${words} for ${purpose(namesake)}; wanted another name, or what it stands for`,
  };
}

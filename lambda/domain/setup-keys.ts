import type { KeyBinding, UseCase } from '../contract/bindings.ts';
import type { WantedKey, WorkspaceSetup } from '../contract/provisioning.ts';
import type { KeyConfiguration } from './key.ts';
import type { Workspace } from './workspace.ts';

export type KeyPlace = 'managedServicesKey' | 'storageKey';

export const USE_CASE: Readonly<Record<KeyPlace, UseCase>> = {
  managedServicesKey: 'MANAGED_SERVICES',
  storageKey: 'STORAGE',
};

export const SETTING = {
  managedServicesKey: 'managedServicesKeyId',
  storageKey: 'storageKeyId',
} as const satisfies Readonly<Record<KeyPlace, string>>;

const PLACES = Object.keys(USE_CASE) as readonly KeyPlace[];

/** Key configurations that are given by their ids. */
export const keyIds = (setup: Partial<WorkspaceSetup>): readonly (readonly [KeyPlace, string])[] =>
  PLACES.flatMap((place) => {
    const asked = setup[place];
    return asked !== undefined && 'id' in asked ? [[place, asked.id] as const] : [];
  });

/** A key that is to be registered, if it is not yet, and what for. */
export interface KeyWish {
  readonly places: readonly KeyPlace[];
  /** As a binding that lives as long as one provisioning. */
  readonly binding: KeyBinding;
}

/** One wish for each key: a key for both uses gets one configuration. */
export function keyWishes(setup: Partial<WorkspaceSetup>): readonly KeyWish[] {
  const wanted = PLACES.flatMap((place) => {
    const asked = setup[place];
    return asked !== undefined && 'key' in asked ? [{ place, asked }] : [];
  });
  return [...Map.groupBy(wanted, ({ asked }) => asked.key)].map(([key, group]) => wishOf(key, group));
}

function wishOf(key: string, group: readonly { readonly place: KeyPlace; readonly asked: WantedKey }[]): KeyWish {
  const places = group.map(({ place }) => place);
  const storage = group.find(({ place }) => place === 'storageKey');
  return {
    places,
    binding: {
      ...{ id: 'provisioning', key, useCases: places.map((place) => USE_CASE[place]), workspaces: [] },
      reuseKeyForClusterVolumes: storage?.asked.reuseKeyForClusterVolumes ?? false,
      // A new workspace begins with the material of today, whenever its key was registered.
      ...{
        onMaterialRotation: 'verify',
        compute: 'leave-running',
        concurrency: 1,
        canary: false,
        protect: 'alert',
        retire: 'report',
        drift: 'repair',
      },
    },
  };
}

/**
 * The key configurations of a wish that the workspace uses already. After a rotation was rolled out it uses a later one
 * for the same key than any request would be given, and the request still is what it was made from.
 */
export function keysInUse(
  { places, binding }: KeyWish,
  keyArn: string | undefined,
  workspace: Pick<Workspace, 'managedServicesKeyId' | 'storageKeyId'> | undefined,
  configurations: readonly KeyConfiguration[],
): ReadonlyMap<KeyPlace, string> {
  const serves = (place: KeyPlace, { keyArn: arn, useCases, reuseKeyForClusterVolumes }: KeyConfiguration): boolean =>
    arn === keyArn &&
    useCases.includes(USE_CASE[place]) &&
    (place !== 'storageKey' || reuseKeyForClusterVolumes === binding.reuseKeyForClusterVolumes);
  return new Map(
    places.flatMap((place) => {
      const used = configurations.find(({ id }) => id === workspace?.[SETTING[place]]);
      return used !== undefined && serves(place, used) ? [[place, used.id] as const] : [];
    }),
  );
}

import type { KeyConfigurations } from './key-configurations.ts';
import type { Networks } from './networks.ts';
import { KEY_USES } from './reference-rules.ts';
import type { UseCase } from './seed.ts';
import type { Settings } from './workspace-settings.ts';

/**
 * Asked once for each key of an update or a creation, when it is accepted: may Databricks use this key? A text is a
 * refusal with its reason.
 */
export type CanUseKey = (keyArn: string, useCase: UseCase) => Promise<boolean | string>;

/** Why a key of these settings cannot be used; nothing when all can. */
export const keyObstacle = async (
  { references }: Settings,
  keys: KeyConfigurations,
  canUseKey: CanUseKey,
): Promise<string | undefined> => {
  for (const [field, useCase] of KEY_USES) {
    const key = keys.find(references[field] ?? '');
    if (key === undefined) continue;
    const answer = await canUseKey(key.keyArn, useCase);
    if (answer !== true) return answer === false ? `Databricks cannot use ${key.keyArn} for ${useCase}` : answer;
  }
  return undefined;
};

interface Setup {
  readonly networkId: string | undefined;
  readonly customerNetwork: boolean;
}

/**
 * What keeps a workspace from being set up, apart from its keys. Documented: the words for used-up addresses, and that
 * they concern a VPC that Databricks creates. The words for a broken network are a guess.
 */
export const setupObstacle = (
  { networkId, customerNetwork }: Setup,
  networks: Networks,
  addressesUsedUp: boolean,
): string | undefined => {
  if (!customerNetwork && addressesUsedUp) return 'The maximum number of addresses has been reached.';
  const { errors } = networks.findings(networkId ?? '');
  const types = [...new Set(errors.map(({ error_type }) => error_type))].join(', ');
  return errors.length === 0 ? undefined : `Network ${networkId} failed its validation: ${types}`;
};

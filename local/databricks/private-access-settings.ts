import { randomUUID } from 'node:crypto';
import { type Answer, Refusal } from './answer.ts';
import type { Conditions } from './conditions.ts';
import { Configurations } from './configurations.ts';
import { type Body, onlyKnown, optionalFlag, optionalText, optionalTexts, required, text } from './request-body.ts';

interface PrivateAccess {
  readonly id: string;
  readonly name: string;
  readonly region: string;
  readonly publicAccess: boolean;
  readonly level: string;
  readonly endpointIds: readonly string[];
  readonly createdAt: number;
}

const FIELDS = [
  'account_id',
  'private_access_settings_name',
  'region',
  'public_access_enabled',
  'private_access_level',
  'allowed_vpc_endpoint_ids',
];

/** The private access settings of the account. The page gives names no limits, and does not say that they are unique. */
export class PrivateAccessSettings {
  readonly #conditions: Conditions;
  readonly #held: Configurations<PrivateAccess>;

  constructor(conditions: Conditions, accountId: string) {
    this.#conditions = conditions;
    const view = (settings: PrivateAccess) => viewOf(settings, accountId);
    this.#held = new Configurations(conditions, { noun: 'Private access', list: 'private_access_settings', view });
  }

  /** The region for which the settings with this id are, if there are such. */
  regionOf(id: string): string | undefined {
    return this.#held.find(id)?.region;
  }

  create(body: Body): Answer {
    return this.#held.created({ ...parse(body), id: randomUUID(), createdAt: this.#conditions.now() });
  }

  /** PUT replaces everything. Guessed: that the region of settings that a workspace uses cannot change. */
  replace(id: string, body: Body, usedBy: readonly string[]): Answer {
    const { region, createdAt } = this.#held.known(id);
    const wanted = parse(body);
    if (wanted.region !== region && usedBy.length > 0) {
      throw new Refusal(400, 'MALFORMED_REQUEST', `region ${region} of settings in use cannot be changed`);
    }
    this.#held.put({ ...wanted, id, createdAt });
    return this.#held.get(id);
  }

  list(): Answer {
    return this.#held.list();
  }

  views(): readonly Body[] {
    return this.#held.views();
  }

  get(id: string): Answer {
    return this.#held.get(id);
  }

  remove(id: string, usedBy: readonly string[]): Answer {
    return this.#held.remove(id, usedBy, 0);
  }
}

const parse = (body: Body): Omit<PrivateAccess, 'id' | 'createdAt'> => {
  onlyKnown(body, FIELDS);
  required(body, ['private_access_settings_name', 'region']);
  // "ACCOUNT level access (the default)".
  const level = optionalText(body, 'private_access_level') ?? 'ACCOUNT';
  if (!['ACCOUNT', 'ENDPOINT'].includes(level)) {
    throw new Refusal(400, 'MALFORMED_REQUEST', `private_access_level must be ACCOUNT or ENDPOINT, got ${level}`);
  }
  return {
    name: text(body, 'private_access_settings_name'),
    region: text(body, 'region'),
    // That it is off when left out is a guess; the page says what each value means.
    publicAccess: optionalFlag(body, 'public_access_enabled') ?? false,
    level,
    endpointIds: optionalTexts(body, 'allowed_vpc_endpoint_ids') ?? [],
  };
};

const viewOf = (settings: PrivateAccess, accountId: string): Body => ({
  private_access_settings_id: settings.id,
  account_id: accountId,
  private_access_settings_name: settings.name,
  region: settings.region,
  public_access_enabled: settings.publicAccess,
  private_access_level: settings.level,
  ...(settings.endpointIds.length === 0 ? {} : { allowed_vpc_endpoint_ids: settings.endpointIds }),
});

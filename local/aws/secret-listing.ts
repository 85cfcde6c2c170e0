import { objects, optionalCount, optionalText, type Request, text } from './actions.ts';
import { pageOf } from './page.ts';
import { type SecretRecord, stagesByVersion } from './secret-record.ts';
import { AwsError } from './service.ts';

const DAY_MS = 86_400_000;

/** A secret as DescribeSecret and ListSecrets tell it. */
type ShownSecret = ReturnType<typeof described> & { readonly Name: string };

/** What DescribeSecret and ListSecrets both tell. */
export const described = (secret: SecretRecord) => ({
  ARN: secret.arn,
  Name: secret.name,
  Description: secret.description,
  KmsKeyId: secret.kmsKeyId,
  CreatedDate: new Date(secret.createdAt),
  LastChangedDate: new Date(secret.changedAt),
  // AWS keeps the day, not the time.
  ...(secret.accessedAt === undefined
    ? {}
    : { LastAccessedDate: new Date(Math.floor(secret.accessedAt / DAY_MS) * DAY_MS) }),
  ...(secret.deletionAt === undefined ? {} : { DeletedDate: new Date(secret.deletionAt) }),
  ...(secret.tags.size === 0 ? {} : { Tags: [...secret.tags].map(([Key, Value]) => ({ Key, Value })) }),
});

interface Shown {
  readonly at: number;
  /** Undefined once the secret is gone. */
  readonly entry: (ShownSecret & { readonly SecretVersionsToStages: unknown }) | undefined;
}

/**
 * What ListSecrets shows. It is eventually consistent: with a lag it shows secrets, tags, deletions and stages as they
 * were that long ago ("the list might not include secrets from the last five minutes").
 */
export class SecretListing {
  /** Milliseconds. */
  lagMs = 0;
  readonly #history = new Map<string, Shown[]>();

  /** Call it after every change of a secret. */
  note(secret: SecretRecord, now: number): void {
    this.#add(secret.name, {
      at: now,
      entry: { ...described(secret), SecretVersionsToStages: stagesByVersion(secret) },
    });
  }

  noteGone({ name }: SecretRecord, now: number): void {
    this.#add(name, { at: now, entry: undefined });
  }

  /** ListSecrets, and the filtered form of BatchGetSecretValue. */
  list(request: Request, now: number) {
    const planned = request.IncludePlannedDeletion === true;
    const filters = objects(request, 'Filters').map(filterOf);
    const shown = [...this.#history.values()]
      .flatMap((history) => history.findLast(({ at }) => at <= now - this.lagMs)?.entry ?? [])
      .filter((entry) => planned || !('DeletedDate' in entry))
      .filter((entry) => filters.every((matches) => matches(entry)));
    if (request.SortOrder === 'desc') shown.reverse();
    return pageOf(shown, {
      marker: optionalText(request, 'NextToken'),
      limit: optionalCount(request, 'MaxResults', { least: 1, most: 100 }) ?? 100,
      refuse: () => new AwsError('InvalidNextTokenException', 'The NextToken is not valid.'),
    });
  }

  #add(name: string, shown: Shown): void {
    this.#history.set(name, [...(this.#history.get(name) ?? []), shown]);
  }
}

/** What a filter looks at ("Filter" in the API reference). */
const FILTERED: Readonly<Record<string, (entry: ShownSecret) => readonly (string | undefined)[]>> = {
  name: ({ Name }) => [Name],
  description: ({ Description }) => [Description],
  'tag-key': ({ Tags = [] }) => Tags.map(({ Key }) => Key),
  'tag-value': ({ Tags = [] }) => Tags.map(({ Value }) => Value),
};

/** Every filter matches beginnings; `!` before a value turns it around. Values of one filter are alternatives. */
const filterOf = (filter: Request): ((entry: ShownSecret) => boolean) => {
  const key = text(filter, 'Key');
  const values = Array.isArray(filter.Values) ? filter.Values.map(String) : [];
  const looked = Object.hasOwn(FILTERED, key) ? FILTERED[key] : undefined;
  if (looked === undefined)
    throw new AwsError('InvalidParameterException', `the local run does not know the filter ${key}`);
  if (values.length === 0 || values.length > 10) {
    throw new AwsError('InvalidParameterException', 'A filter takes 1 to 10 values.');
  }
  return (entry) =>
    values.some((value) => {
      const begins = (beginning: string): boolean =>
        looked(entry).some((found) => found?.startsWith(beginning) ?? false);
      return value.startsWith('!') ? !begins(value.slice(1)) : begins(value);
    });
};

import type { SecretBinding } from '../contract/secret-bindings.ts';
import type { SourceSecret } from '../domain/secret.ts';
import { isCredentialSecret, queriesOf } from '../domain/secret-selection.ts';
import type { SecretSource } from './secret-ports.ts';

export interface SelectPorts {
  readonly source: SecretSource;
  /** Name or ARN of the secret that is never synced. */
  readonly credentialSecret: string;
}

/** Every secret that a binding may mean, as the lists of AWS show it; whether it does is for `destinationsOf` to say. */
export async function selectSecrets(
  { select }: Pick<SecretBinding, 'select'>,
  { source, credentialSecret }: SelectPorts,
): Promise<readonly SourceSecret[]> {
  const { queries, arns } = queriesOf(select);
  const listed = await Promise.all(queries.map((query) => source.list(query)));
  const described = await Promise.all(arns.map((arn) => source.describe(arn)));
  const found = [...listed.flat(), ...described.flatMap((one) => (typeof one === 'string' ? [] : [one]))];
  const byArn = new Map(found.map((secret) => [secret.arn, secret]));
  return [...byArn.values()].filter((secret) => !isCredentialSecret(credentialSecret, secret));
}

/** The named secrets as they are now; those that are gone or hidden are left out. */
export async function describeSecrets(
  ids: readonly string[],
  { source, credentialSecret }: SelectPorts,
): Promise<readonly SourceSecret[]> {
  const described = await Promise.all(ids.map((id) => source.describe(id)));
  return described
    .flatMap((one) => (typeof one === 'string' ? [] : [one]))
    .filter((secret) => !isCredentialSecret(credentialSecret, secret));
}

import type { AwsCredentials } from './surroundings.ts';

/** Shorter ones are made up, such as the `local` of a local run, and would tear words apart. */
const SHORTEST = 16;

/**
 * Keeps credentials out of everything that is printed. API Gateway, for one, repeats the session token in its answer to
 * a request whose signature does not match.
 */
export class HiddenValues {
  readonly #values = new Set<string>();

  add({ accessKeyId, secretAccessKey, sessionToken = '' }: AwsCredentials): void {
    for (const value of [accessKeyId, secretAccessKey, sessionToken]) {
      if (value.length < SHORTEST) continue;
      this.#values.add(value).add(encodeURIComponent(value)).add(JSON.stringify(value).slice(1, -1));
    }
  }

  clean(text: string): string {
    let cleaned = text;
    for (const value of this.#values) cleaned = cleaned.replaceAll(value, '[hidden]');
    return cleaned;
  }
}

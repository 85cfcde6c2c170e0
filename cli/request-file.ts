import type { Schema } from '../lambda/contract/api-schema.ts';
import { objections } from './check-request.ts';
import { UsageError } from './failures.ts';
import type { Surroundings } from './surroundings.ts';

/**
 * The request that a JSON file holds, or standard input for `-`. Fails with UsageError if it cannot be read, and with one
 * that names every wrong place if it is not as its schema says.
 */
export async function requestFrom(
  file: string,
  { schema, hint }: { readonly schema: Schema; readonly hint: string },
  { read }: Pick<Surroundings, 'read'>,
): Promise<object> {
  const name = file === '-' ? 'standard input' : file;
  const request = parsed(await textOf(file, name, read), name);
  const wrong = objections(request, schema);
  if (wrong.length === 0) return request as object;
  throw new UsageError([`${name} is not a request that the API takes`, ...wrong].join('\n'), hint);
}

async function textOf(file: string, name: string, read: Surroundings['read']): Promise<string> {
  try {
    return await read(file);
  } catch (error) {
    const { code, message = String(error) } = error as Partial<NodeJS.ErrnoException>;
    if (code === undefined) throw error;
    throw new UsageError(`--file: ${name} cannot be read: ${message}`, undefined, { cause: error });
  }
}

function parsed(text: string, name: string): unknown {
  try {
    // Editors on Windows begin a file with a byte order mark.
    return JSON.parse(text.replace(/^\uFEFF/, ''));
  } catch (error) {
    const found = text.trim() === '' ? 'nothing' : `no JSON (${(error as Error).message})`;
    throw new UsageError(`${name}: found ${found}, wanted a JSON object`, undefined, { cause: error });
  }
}

import { readFile } from 'node:fs/promises';
import { text } from 'node:stream/consumers';

/** Text of a file, or of standard input for `-`; undefined if there is no such file. */
export async function readText(path: string): Promise<string | undefined> {
  if (path === '-') return text(process.stdin);
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}

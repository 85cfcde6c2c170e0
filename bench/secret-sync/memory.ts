import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { addressOf, startWorkspace } from './workspace.ts';

export interface Memory {
  readonly secrets: number;
  readonly bytesEach: number;
  /** All values together. */
  readonly valuesBytes: number;
  /** What could not be collected at the fullest of the moments that were looked at, beyond what the process held before. */
  readonly heldBytes: number;
}

const PROCESS = fileURLToPath(new URL('./memory-process.ts', import.meta.url));

/** What this project's first sync of so many secrets holds, in a fresh process, while this one plays the server. */
export async function memoryOf(secrets: number, bytesEach: number): Promise<Memory> {
  const databricks = await startWorkspace(Date.now);
  try {
    const argument = JSON.stringify([addressOf(databricks), secrets, bytesEach]);
    const heldBytes = Number(await outputOf(['--expose-gc', PROCESS, argument]));
    return { secrets, bytesEach, valuesBytes: secrets * bytesEach, heldBytes };
  } finally {
    await databricks.close();
  }
}

/** Not `spawnSync`: the server answers meanwhile. */
const outputOf = (args: readonly string[]): Promise<string> => {
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] });
  let output = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    output += text;
  });
  return new Promise((resolve, reject) => {
    child.on('error', reject).on('close', (code) => {
      if (code === 0) resolve(output);
      else reject(new Error(`the process whose memory is measured ended with ${code}`));
    });
  });
};

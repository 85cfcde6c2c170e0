import { existsSync } from 'node:fs';
import { isAbsolute, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { checkConfig } from './check-config.ts';
import { ConfigInvalid } from './problems.ts';
import type { StageConfig } from './stage-config.ts';

export interface ConfigChoice {
  /** `-c stage=NAME`: config/NAME.ts. Default `example`. */
  readonly stage?: string;
  /** `-c config=PATH`: any .ts, .js, .mjs or .json file. */
  readonly config?: string;
}

/** The chosen configuration, checked; throws ConfigInvalid if there is none or it is wrong. */
export async function loadConfig(choice: ConfigChoice, projectDir: string): Promise<StageConfig> {
  const stage = choice.stage ?? 'example';
  if (choice.config === undefined && !/^[A-Za-z0-9_-]+$/.test(stage)) {
    throw new ConfigInvalid('the context', [
      `stage: found ${JSON.stringify(stage)}, wanted the name of a file in config/ without its ending`,
    ]);
  }
  const path = choice.config ?? join('config', `${stage}.ts`);
  const file = isAbsolute(path) ? path : join(choice.config === undefined ? projectDir : process.cwd(), path);
  if (!existsSync(file)) {
    throw new ConfigInvalid('the context', [
      `${choice.config === undefined ? 'stage' : 'config'}: found no file ${path}, wanted one like config/example.ts`,
    ]);
  }
  const attributes = file.endsWith('.json') ? { with: { type: 'json' } } : undefined;
  const loaded = (await import(pathToFileURL(file).href, attributes)) as { readonly default?: StageConfig };
  if (loaded.default === undefined)
    throw new ConfigInvalid(path, ['default export: found nothing, wanted defineStage({ ... })']);
  checkConfig(loaded.default, path);
  return loaded.default;
}

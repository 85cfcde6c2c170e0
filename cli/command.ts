import type { Schema } from '../lambda/contract/api-schema.ts';
import type { Api } from './api-client.ts';
import type { ExitCode } from './exit-code.ts';
import type { OptionName } from './options.ts';
import type { Screen } from './screen.ts';
import type { Surroundings } from './surroundings.ts';

/** One command, as the help shows it and as it runs. */
export interface Command {
  /** `keys list`. */
  readonly words: string;
  /** The one word that has to follow, or may. */
  readonly argument?: { readonly name: string; readonly schema: Schema; readonly mayLack?: true };
  readonly required?: readonly OptionName[];
  readonly optional?: readonly OptionName[];
  readonly says: string;
  /** What else its help tells, in lines. */
  readonly more?: readonly string[];
  readonly run: (context: CommandContext) => Promise<ExitCode>;
}

export interface CommandContext {
  readonly given: Given;
  readonly api: Api;
  readonly screen: Screen;
  readonly surroundings: Surroundings;
}

/** What stood on the command line, checked. */
export interface Given {
  /** Empty where there is none. */
  readonly argument: string;
  flag(name: OptionName): boolean;
  text(name: OptionName): string | undefined;
  number(name: OptionName): number | undefined;
  list(name: OptionName): readonly string[];
}

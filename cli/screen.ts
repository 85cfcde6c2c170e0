import type { Surroundings } from './surroundings.ts';

/** Standard output is for people, or with `--json` what the API answered and nothing else; notes go to standard error. */
export interface Screen {
  readonly json: boolean;
  /** To people only. */
  show(lines: readonly string[]): void;
  /** To programs only: one JSON document. */
  document(value: unknown): void;
  /** To programs only: one JSON document on one line. */
  line(value: unknown): void;
  /** To people, whatever standard output is for. */
  note(lines: readonly string[]): void;
}

export const screen = (json: boolean, { out, err }: Pick<Surroundings, 'out' | 'err'>): Screen => ({
  json,
  show: (lines) => {
    if (!json && lines.length > 0) out(`${lines.join('\n')}\n`);
  },
  document: (value) => {
    if (json) out(`${JSON.stringify(value, null, 2)}\n`);
  },
  line: (value) => {
    if (json) out(`${JSON.stringify(value)}\n`);
  },
  note: (lines) => {
    if (lines.length > 0) err(`${lines.join('\n')}\n`);
  },
});

/** How the program ends; scripts rely on these numbers, and `--help` lists them. */
export const EXIT = {
  allRight: 0,
  endedBadly: 1,
  usage: 2,
  refused: 3,
  unreachable: 4,
  credentials: 5,
  mistake: 70,
  interrupted: 130,
} as const;

export type ExitCode = (typeof EXIT)[keyof typeof EXIT];

export const EXIT_MEANINGS: readonly (readonly [ExitCode, string])[] = [
  [EXIT.allRight, 'all right'],
  [EXIT.endedBadly, 'the operation ended FAILED, TIMED_OUT or ABORTED, or its plan cannot be carried out'],
  [EXIT.usage, 'the command line or its file is wrong, or it does not say where the API is'],
  [EXIT.refused, 'refused by the API (4xx)'],
  [EXIT.unreachable, 'the API cannot be reached, or something behind it is in trouble (5xx)'],
  [EXIT.credentials, 'no AWS credentials, or they were refused (401, 403)'],
  [EXIT.mistake, 'a mistake in this program'],
  [EXIT.interrupted, 'interrupted with Ctrl-C; an operation that was started goes on'],
];

import { type FieldError, PROBLEM, type Problem } from '../lambda/contract/api-answers.ts';
import { FAILURE } from '../lambda/contract/failures.ts';
import { misfit } from './check-answer.ts';
import { EXIT, type ExitCode } from './exit-code.ts';
import { CommandFailure } from './failures.ts';

export interface BadAnswer {
  /** `GET https://host/prod/v1/health`. */
  readonly asked: string;
  readonly status: number;
  readonly contentType: string;
  /** Undefined if the body is no JSON. */
  readonly document: unknown;
  /** From the headers, for answers that do not name it. */
  readonly requestId: string | undefined;
}

/** The API answered, and not well. */
export class ApiProblem extends CommandFailure {
  override readonly name = 'ApiProblem';
  readonly exitCode: ExitCode;
  readonly status: number;
  readonly detail: string;
  readonly requestId: string | undefined;
  readonly errors: readonly FieldError[];
  /** Id of the operation that is in the way. */
  readonly operation: string | undefined;
  /** What `--json` shows; undefined if it was no JSON. */
  readonly document: unknown;

  constructor({ asked, status, contentType, document, requestId }: BadAnswer) {
    const problem = misfit(document, PROBLEM) === undefined ? (document as Problem) : undefined;
    const failure = problem?.type.split(':').at(-1);
    const said = problem?.detail ?? gatewayMessage(document) ?? `found ${contentType || 'nothing'}, wanted JSON`;
    // About a signature that is wrong, API Gateway says more than helps: the request as it should have been signed.
    const detail = status === 403 ? (said.split('\n')[0] ?? '') : said;
    super(
      [`${asked} answered ${status}`, ...(failure === undefined ? [] : [` ${failure}: ${problem?.title}`])].join(''),
      hintFor(status, failure, detail),
    );
    this.status = status;
    this.exitCode = exitCodeOf(status);
    this.detail = detail;
    this.requestId = problem?.requestId ?? requestId;
    this.errors = problem?.errors ?? [];
    this.operation = problem?.operation?.split('/').at(-1);
    this.document = document;
  }
}

/** What AWS itself says where the API has no words of its own. */
function gatewayMessage(document: unknown): string | undefined {
  const { message, Message } = (document ?? {}) as { readonly message?: unknown; readonly Message?: unknown };
  const text = message ?? Message;
  return typeof text === 'string' ? text : undefined;
}

function exitCodeOf(status: number): ExitCode {
  if (status === 401 || status === 403) return EXIT.credentials;
  return status >= 400 && status < 500 ? EXIT.refused : EXIT.unreachable;
}

const NAMES: ReadonlySet<string> = new Set(Object.values(FAILURE));

function hintFor(status: number, failure: string | undefined, detail: string): string | undefined {
  const byWords = HINTS_BY_WORDS.find(([words]) => words.test(detail));
  const hint = byWords?.[1] ?? HINTS.get(status);
  if (hint !== undefined) return hint;
  if (status < 400) return 'Redirects are not followed: name the URL of the API itself.';
  return failure !== undefined && NAMES.has(failure) && status !== 400
    ? `docs/runbook.md says what to do about ${failure}.`
    : undefined;
}

/** What API Gateway says about requests that it does not let in, in its own words. */
const HINTS_BY_WORDS: readonly (readonly [RegExp, string])[] = [
  [/^signature (expired|not yet current)/i, "Set this machine's clock right."],
  [/^the security token .*expired/i, 'Log in again, for example with `aws sso login`.'],
  [
    /^missing authentication token/i,
    'The URL leads to nothing that this API has: does it name the stage, as in https://HOST/STAGE?',
  ],
];

const WHO =
  '`aws sts get-caller-identity` shows who you are; that identity needs execute-api:Invoke on this API. --profile chooses another.';

const HINTS: ReadonlyMap<number, string> = new Map([
  [401, WHO],
  [403, WHO],
  [429, 'Wait a moment, then repeat the command.'],
  [500, 'The log of the function says more; look for the request id.'],
  [502, '`npx dbsa health` shows what does not answer.'],
  [503, 'Wait a moment, then repeat the command.'],
  [504, 'Wait a moment, then repeat the command.'],
]);

import { inspect } from 'node:util';
import { afterEach, describe, expect, test } from '@jest/globals';
import { FAILURE } from '../../lambda/contract/failures.ts';
import { WorkspaceSecrets } from '../../lambda/databricks/workspace-secrets.ts';
import type { SecretValue } from '../../lambda/domain/secret.ts';
import { Sensitive } from '../../lambda/domain/sensitive.ts';
import { type Bench, failureOfAct, startBench } from './client-bench.ts';
import { type Answerer, json, type SeenRequest, text } from './scripted-server.ts';

const open: Bench[] = [];
afterEach(async () => {
  for (const one of open.splice(0)) await one.close();
});

/** Signs that JSON escapes, and a second canary that looks like an error code. */
const TEXT = 'kanarie "gul" \\ nyckel\nrad två HEMLIG_KOD_77';
const BYTES = Buffer.from('canary bytes \u0000 CODE_OF_BYTES');

const base64 = (value: string): string => Buffer.from(value, 'utf8').toString('base64');
const escaped = (value: string): string => JSON.stringify(value).slice(1, -1);

/** Pieces that give a value away, in every form a server could repeat it in. */
const piecesOf = (value: string): readonly string[] => [
  value.slice(0, 7),
  value.slice(-6),
  escaped(value).slice(0, 12),
  base64(value).slice(0, 8),
  base64(value).slice(-8),
  base64(base64(value)).slice(0, 8),
];

const PIECES = [
  ...piecesOf(TEXT),
  ...piecesOf(BYTES.toString('latin1')),
  ...piecesOf(BYTES.toString('base64')),
  'HEMLIG_KOD',
  'CODE_OF_BYTES',
];

const VALUES: readonly (readonly [string, string, SecretValue])[] = [
  ['text', TEXT, { kind: 'text', text: new Sensitive(TEXT) }],
  ['bytes', BYTES.toString('latin1'), { kind: 'bytes', base64: new Sensitive(BYTES.toString('base64')) }],
];

type Echo = (value: string) => string;
const ECHOES: readonly (readonly [string, Echo])[] = [
  ['whole', (value) => value],
  ['JSON-escaped', escaped],
  ['in base64', base64],
  ['in base64, cut', (value) => base64(value).slice(0, 20)],
  ['cut', (value) => value.slice(0, 9)],
  ['as a code in front', (value) => `${/[A-Z]\w{9,}/.exec(value)?.[0]}: ${value}`],
];

type Failing = (words: string) => Answerer;
const inJson =
  (status: number, error_code?: string | number): Failing =>
  (words) =>
    json(status, { error_code, message: `Bad value ${words}`, details: [{ value: words }] }, { 'retry-after': '1' });
const readOnly: Failing = (words) =>
  json(400, { error_code: 'BAD_REQUEST', message: `Cannot write ${words} to Azure KeyVault-backed scope` });

const full: Failing = inJson(400, 'RESOURCE_LIMIT_EXCEEDED');

/** What a put can end with, each with the server's words in every place it can put them. */
const FAILINGS: readonly (readonly [string, Failing])[] = [
  [FAILURE.scopeNotFound, inJson(404, 'RESOURCE_DOES_NOT_EXIST')],
  [FAILURE.scopeIsFull, full],
  [FAILURE.secretRefused, inJson(400, 'INVALID_PARAMETER_VALUE')],
  [FAILURE.secretRefused, (words) => json(400, { error_code: words, message: words })],
  [FAILURE.secretRefused, (words) => json(400, { message: words })],
  [FAILURE.secretRefused, (words) => json(400, { error: words })],
  [FAILURE.secretRefused, (words) => json(400, { error: 'invalid_request', error_description: words })],
  [FAILURE.secretRefused, (words) => json(400, { detail: words, status: words, scimType: words })],
  [FAILURE.secretRefused, (words) => json(400, words)],
  [FAILURE.secretRefused, (words) => text(400, words)],
  [FAILURE.secretRefused, (words) => text(400, `<html><pre>${words}</pre></html>`)],
  [FAILURE.secretRefused, (words) => text(400, `<html><title>${words}</title></html>`)],
  [FAILURE.secretRefused, (words) => text(400, `{"error_code":"BAD_REQUEST","message":"${words}`)],
  [FAILURE.secretRefused, (words) => text(413, words)],
  [FAILURE.scopeIsReadOnly, readOnly],
  [FAILURE.databricksThrottled, inJson(429)],
  [FAILURE.databricksThrottled, inJson(400, 'REQUEST_LIMIT_EXCEEDED')],
  [FAILURE.databricksUnauthenticated, inJson(401)],
  [FAILURE.databricksPermissionDenied, inJson(403, 'PERMISSION_DENIED')],
  [FAILURE.databricksConflict, inJson(409, 'ABORTED')],
  [FAILURE.databricksUnavailable, inJson(500, 'INTERNAL_ERROR')],
  [FAILURE.databricksUnavailable, inJson(503)],
  [FAILURE.databricksAnswerUnreadable, (words) => text(200, `<html>${words}</html>`)],
  [FAILURE.databricksAnswerUnreadable, (words) => text(200, `{"string_value": ${words}`)],
  [FAILURE.databricksAnswerUnreadable, (words) => text(200, words.repeat(1_000))],
  [
    FAILURE.databricksAnswerUnreadable,
    (words) =>
      text(307, words, { location: `https://${encodeURIComponent(base64(words).replace(/\W/g, ''))}.example/` }),
  ],
  [
    FAILURE.databricksUnavailable,
    (words) => (_request, response) => {
      response.socket?.end(`${words}\r\n\r\n`);
    },
  ],
  [
    FAILURE.databricksUnavailable,
    (words) => (_request, response) => {
      response.writeHead(200, { 'content-length': '100000' });
      response.write(words);
      setImmediate(() => response.destroy());
    },
  ],
];

/** Everything that could be printed of an error and of all its causes. */
const everything = (error: unknown): string => {
  const printed: string[] = [];
  for (let one: unknown = error; one !== undefined && one !== null; one = (one as Error).cause) {
    const { message, stack } = one as Error;
    printed.push(message, stack ?? '', String(one), JSON.stringify(one), JSON.stringify(Object.entries(one)));
    printed.push(inspect(one, { depth: 20, showHidden: true }));
  }
  return printed.join('\n');
};

const putTo = async (answerer: Answerer) => {
  const bench = await startBench(answerer, { api: 'workspace', maxAnswerBytes: 5_000, requestTimeoutMs: 2_000 });
  open.push(bench);
  return { ...bench, secrets: new WorkspaceSecrets(bench.http, async () => 'app-id') };
};

describe.each(VALUES)('a value of %s never shows up', (_kind, plain, value) => {
  describe.each(ECHOES)('where the server repeats it %s', (_how, echo) => {
    test.each(FAILINGS.map(([name, failing], index) => [name, index + 1, failing] as const))(
      'in %s (%i)',
      async (name, _index, failing) => {
        const { secrets, server, tries } = await putTo(failing(echo(plain)));

        const failure = await failureOfAct(() => secrets.put('app', 'db', value));

        expect(server.seen.length).toBeGreaterThan(0);
        expect(failure.name).toBe(name);
        const printed = `${everything(failure)}\n${JSON.stringify(tries)}`;
        for (const piece of PIECES) expect(printed).not.toContain(piece);
      },
    );
  });
});

test('a server that repeats the whole request says nothing by it', async () => {
  const repeat: Answerer = (request: SeenRequest, response) =>
    json(400, { error_code: 'INVALID_PARAMETER_VALUE', message: request.body })(request, response);
  const { secrets } = await putTo(repeat);
  for (const [, , value] of VALUES) {
    const printed = everything(await failureOfAct(() => secrets.put('app', 'db', value)));
    for (const piece of PIECES) expect(printed).not.toContain(piece);
  }
});

describe('an error code', () => {
  const codeOf = async (error_code: unknown, secret: string) => {
    const { secrets } = await putTo(json(400, { error_code, message: 'x' }));
    const value: SecretValue = { kind: 'text', text: new Sensitive(secret) };
    const failure = await failureOfAct(() => secrets.put('app', 'db', value));
    return (failure.cause as { readonly code?: string }).code;
  };

  test.each([
    ['INVALID_PARAMETER_VALUE', 'INVALID_PARAMETER_VALUE'],
    ['SOMETHING_NEW', 'SOMETHING_NEW'],
    [1234, '1234'],
    ['not a code', undefined],
    ['lower_case', undefined],
    ['A'.repeat(65), undefined],
  ])('%s is kept only if it looks like one', async (code, kept) => {
    expect(await codeOf(code, 'hunter2')).toBe(kept);
  });

  test.each([
    ['that is the value', 'AKIAIOSFODNN7EXAMPLE', 'AKIAIOSFODNN7EXAMPLE'],
    ['that is its beginning', 'AKIAIOSF', 'AKIAIOSFODNN7EXAMPLE'],
    ['that is the value in capitals', 'HUNTER2', 'hunter2'],
    ['that is a number in it', 4711, 'pin 4711'],
    ['that is the value in base64', base64('\u0010\u0000\u0004'), '\u0010\u0000\u0004'],
  ])('%s is not kept', async (_what, code, secret) => {
    expect(await codeOf(code, secret)).toBeUndefined();
  });
});

test('a value cannot be printed by what is handed over either', async () => {
  for (const [, , value] of VALUES) {
    const printed = everything({ value });
    for (const piece of PIECES) expect(printed).not.toContain(piece);
  }
});

import { isRecord } from './actions.ts';
import type { HttpAnswer } from './http-answer.ts';
import { wireJson } from './json-protocol.ts';
import { AwsError, type AwsService } from './service.ts';

/** The parts of the Lambda API's paths that the local run knows: Invoke and ListFunctions. */
const INVOKE = /^\/2015-03-31\/functions\/([^/]+)\/invocations\/?$/;
const LIST = /^\/2015-03-31\/functions\/?$/;

/** True for requests of the Lambda API, which has neither a target header nor an action in its body. */
export const isLambdaPath = (pathname: string): boolean => /^\/20\d\d-\d\d-\d\d\/functions/.test(pathname);

/** Answers a request of the Lambda API (REST JSON). */
export const answerLambdaRest = async (
  service: AwsService,
  {
    method,
    url,
    body,
    header,
  }: {
    readonly method: string;
    readonly url: URL;
    readonly body: Buffer;
    readonly header: (name: string) => string | undefined;
  },
): Promise<HttpAnswer> => {
  const name = INVOKE.exec(url.pathname)?.[1];
  if (method === 'POST' && name !== undefined) {
    const answer = await service.handle('Invoke', {
      FunctionName: decodeURIComponent(name),
      InvocationType: header('x-amz-invocation-type'),
      LogType: header('x-amz-log-type'),
      Qualifier: url.searchParams.get('Qualifier') ?? undefined,
      Payload: body,
    });
    return invokeAnswer(isRecord(answer) ? answer : {});
  }
  if (method === 'GET' && LIST.test(url.pathname)) {
    const answer = await service.handle('ListFunctions', Object.fromEntries(url.searchParams));
    return { status: 200, headers: { 'content-type': 'application/json' }, body: wireJson(answer) };
  }
  throw new AwsError('UnknownOperationException', `the local run does not know lambda:${method} ${url.pathname}`, 404);
};

const invokeAnswer = (answer: Readonly<Record<string, unknown>>): HttpAnswer => {
  const headers = {
    'content-type': 'application/json',
    'X-Amz-Executed-Version': answer.ExecutedVersion,
    'X-Amz-Function-Error': answer.FunctionError,
    'X-Amz-Log-Result': answer.LogResult,
  };
  return {
    status: Number(answer.StatusCode),
    headers: Object.fromEntries(
      Object.entries(headers).flatMap(([name, value]) => (value === undefined ? [] : [[name, String(value)] as const])),
    ),
    body: String(answer.Payload ?? ''),
  };
};

/** An error in the form of REST JSON. */
export const restError = (error: AwsError): HttpAnswer => ({
  status: error.status,
  headers: { 'content-type': 'application/json', 'x-amzn-errortype': error.code },
  body: JSON.stringify({ Type: error.status >= 500 ? 'Service' : 'User', message: error.message }),
});

import { randomUUID } from 'node:crypto';
import { isRecord, type Request } from './actions.ts';
import type { HttpAnswer } from './http-answer.ts';
import type { AwsError, AwsService } from './service.ts';

/** The AWS query protocol of SNS and STS: a form comes in, XML goes out. */
export const answerQuery = async (
  service: AwsService,
  { form, namespace }: { readonly form: URLSearchParams; readonly namespace: string },
): Promise<HttpAnswer> => {
  const action = form.get('Action') ?? '';
  const answer = await service.handle(action, requestOf(form));
  const result =
    isRecord(answer) && Object.keys(answer).length > 0 ? `<${action}Result>${xml(answer)}</${action}Result>` : '';
  const metadata = `<ResponseMetadata><RequestId>${randomUUID()}</RequestId></ResponseMetadata>`;
  return {
    status: 200,
    headers: { 'content-type': 'text/xml' },
    body: `<${action}Response xmlns="${namespace}">${result}${metadata}</${action}Response>`,
  };
};

/** An error in the form of the query protocol. */
export const queryError = (error: AwsError): HttpAnswer => ({
  status: error.status,
  headers: { 'content-type': 'text/xml', 'x-amzn-errortype': error.code },
  body:
    `<ErrorResponse><Error><Type>${error.status >= 500 ? 'Receiver' : 'Sender'}</Type>` +
    `<Code>${escaped(error.code)}</Code><Message>${escaped(error.message)}</Message></Error>` +
    `<RequestId>${randomUUID()}</RequestId></ErrorResponse>`,
});

interface Branch {
  [name: string]: string | Branch;
}

/** `Tags.member.1.Key=a` becomes a list, `MessageAttributes.entry.1.Name=b` a record; the rest is text. */
const requestOf = (form: URLSearchParams): Request => {
  const root: Branch = Object.create(null);
  for (const [path, value] of form) {
    if (path === 'Action' || path === 'Version') continue;
    const steps = path.split('.');
    const last = steps.pop() ?? path;
    const at = steps.reduce<Branch>((branch, step) => {
      const next = branch[step];
      if (typeof next === 'object') return next;
      const made: Branch = Object.create(null);
      branch[step] = made;
      return made;
    }, root);
    at[last] = value;
  }
  return Object.fromEntries(Object.entries(root).map(([name, value]) => [name, unfolded(value)]));
};

const unfolded = (value: string | Branch): unknown => {
  if (typeof value === 'string') return value;
  const { member, entry } = value;
  if (typeof member === 'object') return Object.values(member).map(unfolded);
  if (typeof entry === 'object') {
    const pairs = Object.values(entry).filter((pair): pair is Branch => typeof pair === 'object');
    return Object.fromEntries(
      pairs.map((pair) => [String(pair.Name ?? pair.key), unfolded(pair.Value ?? pair.value ?? '')]),
    );
  }
  return Object.fromEntries(Object.entries(value).map(([name, each]) => [name, unfolded(each)]));
};

const xml = (value: unknown): string => {
  if (Array.isArray(value)) return value.map((each) => `<member>${xml(each)}</member>`).join('');
  if (!isRecord(value)) return escaped(String(value ?? ''));
  return Object.entries(value)
    .filter(([, each]) => each !== undefined)
    .map(([name, each]) => `<${name}>${xml(each)}</${name}>`)
    .join('');
};

const escaped = (plain: string): string =>
  plain.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;');

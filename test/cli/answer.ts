import type { Problem } from '../../lambda/contract/api-answers.ts';

/** What the server of the tests answers. */
export interface Answer {
  readonly status: number;
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
}

export const REQUEST_ID = '6f0a7c1e-0000-4000-8000-000000000001';

export const refusal = (status: number, name: string, detail: string, more: Partial<Problem> = {}): Answer => ({
  status,
  body: {
    type: `urn:databricks-security-automation:problem:${name}`,
    title: 'It cannot be done',
    ...{ status, detail, requestId: REQUEST_ID },
    ...more,
  } satisfies Problem,
});

export const notFound = (name: string): Answer => refusal(404, name, 'there is none of this id');

import { type Bench, startBench } from './client-bench.ts';
import { text } from './scripted-server.ts';

/** The account id as the examples have it. */
export const ACCOUNT = '<databricks-account-id>';
export const BASE = `/api/2.0/accounts/${encodeURIComponent(ACCOUNT)}`;

const open: Bench[] = [];

export const closeAccounts = async (): Promise<void> => {
  for (const one of open.splice(0)) await one.close();
};

/** A client of an account that answers with the text of an example, and the first request that it sent. */
export const accountThatAnswers = async (status: number, body: string) => {
  const bench = await startBench(text(status, body, { 'content-type': 'application/json' }));
  open.push(bench);
  const { http, server } = bench;
  const sent = () => {
    const [request] = server.seen;
    return { call: `${request?.method} ${request?.path}`, body: request?.body };
  };
  return { http, sent };
};

import { DatabricksError } from './databricks-error.ts';

/** Which request to which host, and what Databricks said to it: no more of its words than `cause` holds. */
export const saidBy = (cause: unknown, baseUrl: string): string => {
  if (!(cause instanceof DatabricksError)) return 'refused';
  const { method, path, status, code, serverMessage } = cause;
  const words = serverMessage === undefined || serverMessage === '' ? '' : `"${serverMessage}"`;
  const said = [status === undefined ? '' : String(status), code ?? '', words].filter((part) => part !== '');
  return `${method} ${new URL(path, baseUrl).href}: ${said.join(' ')}`;
};

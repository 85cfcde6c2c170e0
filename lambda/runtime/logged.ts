import { Logger } from '@aws-lambda-powertools/logger';
import type { MiddlewareObj } from '@middy/core';

const logger = new Logger({ serviceName: 'databricks-security-automation' });

/** What a line of the log is about, as far as the input tells it in one short line; never the input itself. */
const CORRELATION = [
  'bindingId',
  'subject',
  'rolloutId',
  'workspaceId',
  'keyConfigurationId',
  'syncId',
  'scope',
] as const;

/**
 * Logs one line when an invocation succeeds or fails, with the ids that connect it to a rollout. Inputs and outputs are
 * never logged whole.
 */
export const logged = (): MiddlewareObj => ({
  before: ({ event, context }) => {
    logger.resetKeys();
    logger.addContext(context);
    logger.appendKeys(correlationOf(event));
  },
  after: ({ response }) => {
    logger.info('done', { calls: numberOf(response, 'calls') });
  },
  onError: ({ error }) => {
    logger.error(error instanceof Error ? error.message : 'failed', {
      failure: error instanceof Error ? error.name : 'unknown',
      stack: error instanceof Error ? error.stack : undefined,
    });
  },
});

/** ARNs of executions of a map are the longest. */
const SHORT_LINE = /^[ -~]{1,300}$/;

function correlationOf(event: unknown): Record<string, string> {
  if (typeof event !== 'object' || event === null) return {};
  const fields = event as Readonly<Record<string, unknown>>;
  return Object.fromEntries(
    CORRELATION.flatMap((name) => {
      const value = fields[name];
      return typeof value === 'string' && SHORT_LINE.test(value) ? [[name, value]] : [];
    }),
  );
}

function numberOf(response: unknown, name: string): number | undefined {
  const value = (response as Readonly<Record<string, unknown>> | null | undefined)?.[name];
  return typeof value === 'number' ? value : undefined;
}

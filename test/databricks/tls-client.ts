import { createDatabricksHttp } from '../../lambda/databricks/http.ts';
import { realSleep } from '../../lambda/databricks/sleep.ts';
import { TokenCache } from '../../lambda/databricks/token-cache.ts';
import { workspaceTokenUrl } from '../../lambda/databricks/token-request.ts';
import { createAgent, createTransport } from '../../lambda/databricks/transport.ts';
import { Sensitive } from '../../lambda/domain/sensitive.ts';

/*
 * The client as a Lambda has it, in a process of its own: what Node.js makes of certificates depends on the environment
 * that a process starts with. Asks each base URL of its arguments for one thing and prints what that came to, as JSON.
 */
const agent = createAgent();
const tools = {
  transport: createTransport({ dispatcher: agent, version: '1' }),
  sleep: realSleep,
  now: () => Date.now(),
  random: () => 0,
};
const credentials = async () => ({ clientId: 'id', clientSecret: new Sensitive('client-secret') });

const outcomes: string[] = [];
for (const baseUrl of process.argv.slice(2)) {
  const tokens = new TokenCache(tools).source(workspaceTokenUrl(baseUrl), credentials);
  const http = createDatabricksHttp({ baseUrl, api: 'workspace', tokens, ...tools });
  try {
    await http.request({ method: 'GET', path: '/api/thing', answer: 'thing' });
    outcomes.push('answered');
  } catch (error) {
    outcomes.push(error instanceof Error ? `${error.name}: ${error.message} (${causeOf(error)})` : 'unknown');
  }
}
await agent.close();
process.stdout.write(JSON.stringify(outcomes));

function causeOf({ cause }: Error): string {
  return cause instanceof Error ? cause.message : 'no cause';
}

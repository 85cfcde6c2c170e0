import { join } from 'node:path';
import { App, Tags, Validations } from 'aws-cdk-lib';
import { AwsSolutionsChecks } from 'cdk-nag';
import { loadConfig } from '../lib/config/load-config.ts';
import { ConfigInvalid } from '../lib/config/problems.ts';
import { AutomationStack } from '../lib/stacks/automation-stack.ts';

const app = new App();
const stage = app.node.tryGetContext('stage') as string | undefined;
const config = app.node.tryGetContext('config') as string | undefined;

try {
  const stageConfig = await loadConfig(
    { ...(stage !== undefined && { stage }), ...(config !== undefined && { config }) },
    join(import.meta.dirname, '..'),
  );
  const name = stage ?? (config === undefined ? 'example' : 'custom');
  const stack = new AutomationStack(app, `databricks-security-automation-${name}`, { stageConfig });
  Tags.of(stack).add('application', 'databricks-security-automation');
  Validations.of(app).addPlugins(new AwsSolutionsChecks(app));
} catch (error) {
  if (!(error instanceof ConfigInvalid)) throw error;
  console.error(error.message);
  process.exitCode = 1;
}

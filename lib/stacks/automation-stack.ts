import { Stack, type StackProps } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import type { StageConfig } from '../config/stage-config.ts';
import { DatabricksSecurityAutomation } from '../databricks-security-automation.ts';

/** One stage in one account and Region. */
export class AutomationStack extends Stack {
  readonly automation: DatabricksSecurityAutomation;

  constructor(scope: Construct, id: string, props: StackProps & { readonly stageConfig: StageConfig }) {
    super(scope, id, {
      ...props,
      description:
        'Keeps Databricks workspaces on their current KMS keys and their secret scopes in step with AWS Secrets Manager',
      env: { account: props.stageConfig.aws.account, region: props.stageConfig.aws.region },
    });
    this.automation = new DatabricksSecurityAutomation(this, 'Automation', props.stageConfig);
  }
}

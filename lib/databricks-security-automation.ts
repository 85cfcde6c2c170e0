import { CfnOutput } from 'aws-cdk-lib';
import { Construct } from 'constructs';
import type { CheckedConfig } from './config/check-config.ts';
import { checkConfig } from './config/check-config.ts';
import type { StageConfig } from './config/stage-config.ts';
import { KeyRollout } from './key-rollout/key-rollout.ts';
import { Alarms } from './observability/alarms.ts';
import { Notifications } from './observability/notifications.ts';
import { StateTables } from './state/state-tables.ts';

/**
 * The whole product as one construct, for this app and for any other: `new DatabricksSecurityAutomation(stack,
 * 'Automation', config)`. Throws ConfigInvalid with every problem of the configuration.
 */
export class DatabricksSecurityAutomation extends Construct {
  readonly tables: StateTables;
  readonly notifications: Notifications;
  readonly keyRollout: KeyRollout;

  constructor(scope: Construct, id: string, stageConfig: StageConfig) {
    super(scope, id);
    const config: CheckedConfig = checkConfig(stageConfig, 'the configuration');
    this.tables = new StateTables(this, 'Tables', { retain: config.retain });
    this.notifications = new Notifications(this, 'Notifications', { emails: config.emails });
    const { topic } = this.notifications;
    this.keyRollout = new KeyRollout(this, 'KeyRollout', { config, tables: this.tables, topic });
    new Alarms(this, 'Alarms', { keyRollout: this.keyRollout, topic });

    const outputs: Readonly<Record<string, readonly [string, string]>> = {
      KeyRolloutStateMachineArn: [this.keyRollout.stateMachine.stateMachineArn, 'Start it with {"bindingId": "..."}'],
      StateTableName: [this.tables.state.tableName, 'Leases, stopped compute, registrations'],
      EvidenceTableName: [this.tables.evidence.tableName, 'What every rollout did'],
      TopicArn: [topic.topicArn, 'Results and alarms'],
      KeyEventDeadLetterQueueUrl: [this.keyRollout.deadLetters.queueUrl, 'KMS events that could not be handled'],
    };
    for (const [name, [value, description]] of Object.entries(outputs)) {
      new CfnOutput(this, name, { value, description }).overrideLogicalId(name);
    }
  }
}

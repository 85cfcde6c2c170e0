import { CfnOutput } from 'aws-cdk-lib';
import { Construct } from 'constructs';
import type { CheckedConfig } from './config/check-config.ts';
import { checkConfig } from './config/check-config.ts';
import type { StageConfig } from './config/stage-config.ts';
import { ControlApi } from './control-api/control-api.ts';
import { KeyRollout } from './key-rollout/key-rollout.ts';
import { KeyWatch } from './key-watch/key-watch.ts';
import { Alarms } from './observability/alarms.ts';
import { Notifications } from './observability/notifications.ts';
import { SecretSync } from './secret-sync/secret-sync.ts';
import { StateTables } from './state/state-tables.ts';
import { WorkspacePrerequisites } from './workspace-prerequisites/workspace-prerequisites.ts';
import { WorkspaceProvisioning } from './workspace-provisioning/workspace-provisioning.ts';

/**
 * The whole product as one construct, for this app and for any other: `new DatabricksSecurityAutomation(stack,
 * 'Automation', config)`. Throws ConfigInvalid with every problem of the configuration.
 */
export class DatabricksSecurityAutomation extends Construct {
  readonly tables: StateTables;
  readonly notifications: Notifications;
  /** Undefined where the stage has no key bindings. */
  readonly keyRollout: KeyRollout | undefined;
  /** Undefined where the stage has no key bindings. */
  readonly keyWatch: KeyWatch | undefined;
  /** Undefined where the stage has no secret bindings. */
  readonly secretSync: SecretSync | undefined;
  /** Undefined where the stage has no HTTP API to ask for workspaces. */
  readonly provisioning: WorkspaceProvisioning | undefined;
  /** Undefined where the stage has no HTTP API. */
  readonly api: ControlApi | undefined;
  /** Undefined where the configuration asks for none. */
  readonly prerequisites: WorkspacePrerequisites | undefined;

  constructor(scope: Construct, id: string, stageConfig: StageConfig) {
    super(scope, id);
    const config: CheckedConfig = checkConfig(stageConfig, 'the configuration');
    const { keyBindings, secretBindings } = config.bindings;
    const tables = new StateTables(this, 'Tables', { retain: config.retain });
    this.tables = tables;
    this.notifications = new Notifications(this, 'Notifications', { emails: config.emails });
    const { topic } = this.notifications;
    const shared = { config, tables, topic };
    this.secretSync = secretBindings.length > 0 ? new SecretSync(this, 'SecretSync', shared) : undefined;
    const secretSync = this.secretSync?.stateMachine;
    this.keyRollout =
      keyBindings.length > 0 || config.api !== undefined
        ? new KeyRollout(this, 'KeyRollout', { ...shared, secretSync })
        : undefined;
    this.keyWatch = this.keyRollout === undefined ? undefined : new KeyWatch(this, 'KeyWatch', shared);
    this.provisioning =
      config.api === undefined
        ? undefined
        : new WorkspaceProvisioning(this, 'WorkspaceProvisioning', { ...shared, secretSync });
    this.api =
      config.api === undefined || this.provisioning === undefined
        ? undefined
        : new ControlApi(this, 'Api', {
            ...{ config, tables, settings: config.api },
            ...{ keyRollout: this.keyRollout?.stateMachine, secretSync, provisioning: this.provisioning.stateMachine },
          });
    this.prerequisites = this.#prerequisites(config);
    new Alarms(this, 'Alarms', {
      ...{ keyRollout: this.keyRollout, keyWatch: this.keyWatch, secretSync: this.secretSync },
      provisioning: this.provisioning,
      topic,
    });
    this.#output({
      StateTableName: [tables.state.tableName, 'Leases, stopped compute, registrations, what was synced'],
      EvidenceTableName: [tables.evidence.tableName, 'What every rollout and sync did'],
      TopicArn: [topic.topicArn, 'Results and alarms'],
    });
    if (this.api !== undefined) this.#output({ ApiUrl: [this.api.restApi.url, 'Base URL of the HTTP API'] });
    if (this.keyRollout !== undefined) {
      const { stateMachine, deadLetters } = this.keyRollout;
      this.#output({
        KeyRolloutStateMachineArn: [stateMachine.stateMachineArn, 'Start it with {"bindingId": "..."}'],
      });
      if (deadLetters !== undefined) {
        this.#output({ KeyEventDeadLetterQueueUrl: [deadLetters.queueUrl, 'KMS events that could not be handled'] });
      }
    }
    if (this.provisioning !== undefined) {
      const { stateMachineArn } = this.provisioning.stateMachine;
      this.#output({ WorkspaceProvisioningStateMachineArn: [stateMachineArn, 'Started by POST /v1/workspaces'] });
    }
    if (this.keyWatch !== undefined) {
      this.#output({
        KeyWatchFunctionName: [this.keyWatch.watch.function.functionName, 'Looks at every key'],
        KeyWatchDeadLetterQueueUrl: [this.keyWatch.deadLetters.queueUrl, 'What the key watch could not handle'],
      });
    }
    if (this.secretSync !== undefined) {
      const { stateMachine, deadLetters } = this.secretSync;
      this.#output({
        SecretSyncStateMachineArn: [stateMachine.stateMachineArn, 'Start it with {} for everything'],
        SecretEventDeadLetterQueueUrl: [deadLetters.queueUrl, 'Events about secrets that could not be handled'],
      });
    }
  }

  #prerequisites({ prerequisites, bindings }: CheckedConfig): WorkspacePrerequisites | undefined {
    if (prerequisites === undefined) return undefined;
    const { accountId: databricksAccountId, awsPrincipal: databricksPrincipal } = bindings.databricks;
    return new WorkspacePrerequisites(this, 'Prerequisites', {
      ...prerequisites,
      ...{ databricksAccountId, databricksPrincipal },
    });
  }

  /** Values and descriptions by name; a name is the same in every stack. */
  #output(outputs: Readonly<Record<string, readonly [string, string]>>): void {
    for (const [name, [value, description]] of Object.entries(outputs)) {
      new CfnOutput(this, name, { value, description }).overrideLogicalId(name);
    }
  }
}

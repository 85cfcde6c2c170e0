import { CfnOutput } from 'aws-cdk-lib';
import { Construct } from 'constructs';
import { ComputeCare } from './compute-care/compute-care.ts';
import type { CheckedConfig } from './config/check-config.ts';
import { checkConfig } from './config/check-config.ts';
import type { StageConfig } from './config/stage-config.ts';
import { ControlApi } from './control-api/control-api.ts';
import { DeadLetterReplay } from './events/dead-letter-replay.ts';
import { EventArchive } from './events/event-archive.ts';
import type { EventIntake } from './events/event-intake.ts';
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
  /** Undefined where the stage has no key rollouts. */
  readonly computeCare: ComputeCare | undefined;
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
    this.computeCare =
      this.keyRollout === undefined
        ? undefined
        : new ComputeCare(this, 'ComputeCare', { ...shared, keyRollout: this.keyRollout.stateMachine });
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
      ...{ computeCare: this.computeCare, provisioning: this.provisioning, topic },
    });
    this.#keepEvents(config);
    this.#tellOutputs();
  }

  #tellOutputs(): void {
    const { tables, notifications } = this;
    this.#output({
      StateTableName: [tables.state.tableName, 'Leases, stopped compute, registrations, what was synced'],
      EvidenceTableName: [tables.evidence.tableName, 'What every rollout and sync did'],
      TopicArn: [notifications.topic.topicArn, 'Results and alarms'],
    });
    if (this.api !== undefined) this.#output({ ApiUrl: [this.api.restApi.url, 'Base URL of the HTTP API'] });
    if (this.keyRollout !== undefined) {
      const { stateMachine, intake } = this.keyRollout;
      this.#output({
        KeyRolloutStateMachineArn: [stateMachine.stateMachineArn, 'Start it with {"bindingId": "..."}'],
      });
      if (intake !== undefined) {
        this.#output({
          KeyRolloutFrontDoorFunctionName: [intake.frontDoor.function.functionName, 'Looks at every key binding'],
          KeyEventDeadLetterQueueUrl: [intake.deadLetters.queueUrl, 'KMS events that could not be handled'],
        });
      }
    }
    if (this.provisioning !== undefined) {
      const { stateMachineArn } = this.provisioning.stateMachine;
      this.#output({ WorkspaceProvisioningStateMachineArn: [stateMachineArn, 'Started by POST /v1/workspaces'] });
    }
    if (this.keyWatch !== undefined) {
      this.#output({
        KeyWatchFunctionName: [this.keyWatch.watch.function.functionName, 'Looks at every key'],
        KeyWatchDeadLetterQueueUrl: [this.keyWatch.intake.deadLetters.queueUrl, 'What the key watch could not handle'],
      });
    }
    if (this.computeCare !== undefined) {
      const { care, intake } = this.computeCare;
      this.#output({
        ComputeCareFunctionName: [care.function.functionName, 'Looks for compute that was left stopped'],
        ComputeCareDeadLetterQueueUrl: [intake.deadLetters.queueUrl, 'Ends of rollouts that could not be handled'],
      });
    }
    if (this.secretSync !== undefined) {
      const { stateMachine, intake } = this.secretSync;
      this.#output({
        SecretSyncStateMachineArn: [stateMachine.stateMachineArn, 'Start it with {} for everything'],
        SecretEventDeadLetterQueueUrl: [intake.deadLetters.queueUrl, 'Events about secrets that could not be handled'],
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

  /** What did not arrive can be sent again. */
  #keepEvents(config: CheckedConfig): void {
    const all: Readonly<Record<string, EventIntake | undefined>> = {
      'key-rollout': this.keyRollout?.intake,
      'key-watch': this.keyWatch?.intake,
      'compute-care': this.computeCare?.intake,
      'secret-sync': this.secretSync?.intake,
    };
    const intakes = Object.fromEntries(
      Object.entries(all).flatMap(([name, intake]) => (intake === undefined ? [] : [[name, intake] as const])),
    );
    const { stateMachine } = new DeadLetterReplay(this, 'ReplayMachine', { config, intakes });
    const { stateMachineArn } = stateMachine;
    this.#output({ DeadLetterReplayStateMachineArn: [stateMachineArn, 'Start it with {"queue": "key-rollout"}'] });
    if (config.archiveDays === undefined) return;
    const rules = Object.values(intakes).map((intake) => intake.rules);
    const archive = new EventArchive(this, 'EventArchive', { days: config.archiveDays, rules });
    this.#output({ EventArchiveName: [archive.archiveName, 'Events of the rules, for a replay'] });
  }

  /** Values and descriptions by name; a name is the same in every stack. */
  #output(outputs: Readonly<Record<string, readonly [string, string]>>): void {
    for (const [name, [value, description]] of Object.entries(outputs)) {
      new CfnOutput(this, name, { value, description }).overrideLogicalId(name);
    }
  }
}

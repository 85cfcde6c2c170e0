import { DEMO_ALIAS } from '../demo/account.ts';
import { CHANGED_SECRET } from '../demo/secrets.ts';
import type { World } from '../world.ts';
import { type PlanResult, type ProvisioningResult, planTable, provisioningTable } from './provisioning-result.ts';
import { type Result, resultTable } from './result.ts';
import type { Progress } from './story.ts';
import { type SyncResult, syncTable } from './sync-result.ts';

/** Standard output: text for people, or one JSON object per line and nothing else. */
export class Screen {
  readonly #json: boolean;

  constructor({ json }: { readonly json: boolean }) {
    this.#json = json;
  }

  /** Told to people only. */
  say(text: string): void {
    if (!this.#json) console.log(text);
  }

  ready(world: World): void {
    if (this.#json) this.#line(readyLine(world));
    else console.log(readyText(world));
  }

  progress(progress: Progress): void {
    if (this.#json) this.#line(progress);
    else
      console.log(`  ${progress.at.slice(11, 19)}  ${(progress.workspace ?? progress.of).padEnd(18)}${progress.step}`);
  }

  sync(result: SyncResult): void {
    if (this.#json) this.#line(result);
    else console.log(`\n${syncTable(result)}`);
  }

  rollout(result: Result): void {
    if (this.#json) this.#line(result);
    else console.log(`\n${resultTable(result)}`);
  }

  plan(result: PlanResult): void {
    if (this.#json) this.#line(result);
    else console.log(`\n${planTable(result)}`);
  }

  provisioning(result: ProvisioningResult): void {
    if (this.#json) this.#line(result);
    else console.log(`\n${provisioningTable(result)}`);
  }

  #line(value: object): void {
    console.log(JSON.stringify(value));
  }
}

function readyLine({ aws, databricks, keyArn, outputs, apiUrl }: World): object {
  const workspaces = databricks.control.state().workspaces.map(({ id, deploymentName }) => ({
    workspaceId: id,
    host: databricks.workspaceUrlTemplate.replace('{deployment_name}', deploymentName),
  }));
  const { accountHost, accountId, clientId, clientSecret, url } = databricks;
  return {
    event: 'ready',
    awsEndpoint: aws.endpoint.url,
    apiUrl,
    region: aws.home.region,
    keyArn,
    keyAlias: DEMO_ALIAS,
    databricks: { accountHost, accountId, clientId, clientSecret, workspaces, control: `${url}/control` },
    outputs,
  };
}

const readyText = ({ aws, databricks, keyArn, outputs, apiUrl }: World): string => `
Everything below is simulated on this machine.

  AWS          ${aws.endpoint.url}
  Databricks   ${databricks.accountHost} (account ${databricks.accountId}), control ${databricks.url}/control/state
  HTTP API     ${apiUrl}
  Key          ${DEMO_ALIAS} -> ${keyArn}
  Rollouts     ${outputs.KeyRolloutStateMachineArn}
  Secret syncs ${outputs.SecretSyncStateMachineArn}

From a second terminal:

  export AWS_ENDPOINT_URL=${aws.endpoint.url} AWS_REGION=${aws.home.region} AWS_DEFAULT_REGION=${aws.home.region} AWS_ACCESS_KEY_ID=local AWS_SECRET_ACCESS_KEY=local
  export DBSA_API_URL=${apiUrl}
  npx dbsa operations list
  npx dbsa rollout plan demo
  aws secretsmanager put-secret-value --secret-id ${CHANGED_SECRET} --secret-string anything
  aws stepfunctions start-execution --state-machine-arn ${outputs.SecretSyncStateMachineArn} --input '{}'
  aws kms rotate-key-on-demand --key-id ${keyArn}
  aws stepfunctions start-execution --state-machine-arn ${outputs.KeyRolloutStateMachineArn} --input '{"bindingId":"demo","dryRun":true}'`;

import { DescribeExecutionCommand, type SFNClient, StartExecutionCommand } from '@aws-sdk/client-sfn';
import type { RolloutStarter } from '../app/ports.ts';
import type { RolloutRequest } from '../contract/rollout.ts';
import { errorName } from './error-name.ts';

/** Starts executions of the state machine "Key rollout". */
export class StepFunctionsRolloutStarter implements RolloutStarter {
  readonly #sfn: SFNClient;
  readonly #stateMachineArn: string;

  constructor(sfn: SFNClient, stateMachineArn: string) {
    this.#sfn = sfn;
    this.#stateMachineArn = stateMachineArn;
  }

  async start(name: string, request: RolloutRequest): ReturnType<RolloutStarter['start']> {
    try {
      await this.#sfn.send(
        new StartExecutionCommand({ stateMachineArn: this.#stateMachineArn, name, input: JSON.stringify(request) }),
      );
      return { kind: 'started' };
    } catch (error) {
      if (errorName(error) !== 'ExecutionAlreadyExists') throw error;
    }
    const executionArn = `${this.#stateMachineArn.replace(':stateMachine:', ':execution:')}:${name}`;
    const { status } = await this.#sfn.send(new DescribeExecutionCommand({ executionArn }));
    return { kind: 'exists', status: status ?? 'RUNNING' };
  }
}

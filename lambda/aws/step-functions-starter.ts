import { DescribeExecutionCommand, type SFNClient, StartExecutionCommand } from '@aws-sdk/client-sfn';
import type { Starter } from '../app/ports.ts';
import { errorName } from './error-name.ts';

/** Starts executions of one state machine; `Request` is its input. */
export class StepFunctionsStarter<Request> implements Starter<Request> {
  readonly #sfn: SFNClient;
  readonly #stateMachineArn: string;

  constructor(sfn: SFNClient, stateMachineArn: string) {
    this.#sfn = sfn;
    this.#stateMachineArn = stateMachineArn;
  }

  async start(name: string, request: Request): ReturnType<Starter<Request>['start']> {
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

import { checkDefinition, InvalidDefinition } from '../asl/check-definition.ts';
import type { StateMachineDefinition } from '../asl/definition.ts';
import { structureProblems } from './second-opinion.ts';
import { resourceProblem } from './task-resources.ts';

/** A state machine as the template deployer knows it. */
export interface NewStateMachine {
  readonly name: string;
  readonly arn: string;
  /** The definition as an object, with every reference of the template resolved. */
  readonly definition: unknown;
  readonly roleArn: string;
  readonly type: 'STANDARD' | 'EXPRESS';
}

/** A state machine that can be run. */
export interface StateMachine extends NewStateMachine {
  readonly definition: StateMachineDefinition;
  /** Milliseconds since the epoch. */
  readonly createdAt: number;
}

/**
 * Checks a state machine before anything runs: by the interpreter and by asl-validator. Throws InvalidDefinition with
 * every problem; an EXPRESS machine is one, because only STANDARD executions can be run.
 */
export const checkStateMachine = (machine: NewStateMachine, createdAt: number): StateMachine => {
  if (machine.type !== 'STANDARD')
    throw new InvalidDefinition([`/: the type ${machine.type} is not known; only STANDARD is`]);
  const definition = checkDefinition(structuredClone(machine.definition), resourceProblem);
  const problems = structureProblems(definition);
  if (problems.length > 0) throw new InvalidDefinition(problems);
  return { ...machine, definition, createdAt };
};

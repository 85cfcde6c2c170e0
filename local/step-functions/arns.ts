import { arnAt, type Home } from '../aws/home.ts';
import { AwsError } from '../aws/service.ts';

/** The ARN of a state machine, or of a Distributed Map's processor (`machine/label`). */
export const stateMachineArn = (home: Home, name: string): string => arnAt(home, 'states', `stateMachine:${name}`);

/** The ARN of an execution; `machine` is `machine/label` for the child of a Distributed Map. */
export const executionArn = (home: Home, machine: string, name: string): string =>
  arnAt(home, 'states', `execution:${machine}:${name}`);

/** The ARN of one run of a Distributed Map. */
export const mapRunArn = (home: Home, machine: string, label: string, id: string): string =>
  arnAt(home, 'states', `mapRun:${machine}/${label}:${id}`);

/** Refuses, as InvalidArn, what is no ARN of the wanted kind. */
export const checkArn = (arn: string, kind: 'execution' | 'mapRun' | 'stateMachine'): string => {
  const parts = arn.split(':');
  if (parts[0] === 'arn' && parts[2] === 'states' && parts[5] === kind && (parts[6] ?? '') !== '') return arn;
  throw new AwsError('InvalidArn', `Invalid Arn: '${arn}' is not the ARN of a ${kind}`);
};

import { OPERATION_KINDS, type OperationKind } from '../contract/api-answers.ts';

export interface OperationId {
  readonly kind: OperationKind;
  /** Of the execution. */
  readonly name: string;
}

/** Kind and name of an operation, which stand on both sides of the first period. Undefined if it is none. */
export function parseOperationId(id: string): OperationId | undefined {
  const [, kind, name = ''] = /^([a-z-]+)\.([A-Za-z0-9_-]{1,80})$/.exec(id) ?? [];
  const known = OPERATION_KINDS.find((one) => one === kind);
  return known === undefined ? undefined : { kind: known, name };
}

export const operationId = ({ kind, name }: OperationId): string => `${kind}.${name}`;

/** Where the operation stands, relative to the API's base URL. */
export const operationPath = (id: OperationId): string => `/v1/operations/${operationId(id)}`;

/** Name of the execution in an ARN, also of one that a map started: its parent's cannot be told then. */
export const executionName = (arn: string): string => arn.split(':').at(-1) ?? '';

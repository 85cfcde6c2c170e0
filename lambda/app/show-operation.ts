import {
  OPERATION_KINDS,
  type Operation,
  type OperationHead,
  type OperationItem,
  type OperationKind,
  type OperationList,
} from '../contract/api-answers.ts';
import { FAILURE } from '../contract/failures.ts';
import { AutomationError } from '../domain/failure.ts';
import { operationId, parseOperationId } from '../domain/operation-id.ts';
import { pageUnknown } from '../domain/problem.ts';
import type { Execution, ExecutionHead, ExecutionList, Executions, Fields, RunningChild } from './operation-ports.ts';
import { asked } from './start-operation.ts';

/** Children that an operation tells of one by one. */
const MOST_ITEMS = 20;

/** The states that sum up; their answer is the result also of an execution that failed after them. */
const SUMMARY: Readonly<Record<OperationKind, string>> = {
  'key-rollout': 'Summarize',
  'secret-sync': 'Summarize sync',
  'workspace-provisioning': 'Summarize provisioning',
};

/** An operation as it is now. Fails with OperationNotFound. */
export async function showOperation(id: string, executions: Executions): Promise<Operation> {
  return operationOf(await findOperation(id, executions), executions);
}

/** The execution behind an operation. Fails with OperationNotFound. */
export async function findOperation(id: string, executions: Executions): Promise<Execution> {
  const parts = parseOperationId(id);
  const execution = parts === undefined ? undefined : await executions.describe(parts.kind, parts.name);
  if (execution !== undefined) return execution;
  throw new AutomationError(
    FAILURE.operationNotFound,
    `operation ${id} is not known; Step Functions forgets operations 90 days after their end`,
  );
}

/** What there is to tell of an execution. */
export async function operationOf(execution: Execution, executions: Executions): Promise<Operation> {
  const isRunning = execution.status === 'RUNNING';
  const [progress, children, summary] = await Promise.all([
    executions.progress(execution),
    isRunning ? underWay(execution, executions) : [],
    isRunning ? undefined : (execution.output ?? executions.answerOf(execution, SUMMARY[execution.kind])),
  ]);
  return {
    ...headOf(execution),
    request: asked(execution),
    progress: progress ?? null,
    items: children.map(itemOf),
    result: summary ?? null,
    failure: failureOf(execution),
  };
}

const headOf = ({ kind, name, status, startedAt, endedAt }: ExecutionHead): OperationHead => ({
  id: operationId({ kind, name }),
  kind,
  status,
  startedAt: new Date(startedAt).toISOString(),
  finishedAt: endedAt === undefined ? null : new Date(endedAt).toISOString(),
});

/** Children of its maps; a provisioning has none and works on its one workspace itself. */
async function underWay(execution: Execution, executions: Executions): Promise<readonly RunningChild[]> {
  if (execution.kind !== 'workspace-provisioning') return executions.running(execution, MOST_ITEMS);
  const step = await executions.step(execution);
  const { provision, remove } = execution.input;
  const input = (provision ?? remove ?? {}) as Fields;
  return [{ input, status: execution.status, ...(step !== undefined && { step }) }];
}

/** `workspace (id)`, without an id before there is one, or `workspace (id), scope name`. */
function itemOf({ input, status, step }: RunningChild): OperationItem {
  const { workspaceId, workspaceName = '', scope } = input as Readonly<Record<string, string | undefined>>;
  const workspace = workspaceId === undefined ? workspaceName : `${workspaceName} (${workspaceId})`;
  return { item: scope === undefined ? workspace : `${workspace}, scope ${scope}`, status, step: step ?? null };
}

/** A failure of ours stands in Lambda's words inside the cause. */
function failureOf({ status, error, cause = '' }: Execution): Operation['failure'] {
  if (status === 'RUNNING' || status === 'SUCCEEDED') return null;
  return { name: error ?? status, message: errorMessage(cause) };
}

function errorMessage(cause: string): string {
  if (!cause.includes('"errorMessage"')) return cause;
  try {
    const { errorMessage: message } = JSON.parse(cause) as { readonly errorMessage?: unknown };
    return typeof message === 'string' ? message : cause;
  } catch {
    return cause;
  }
}

export interface OperationQuery {
  readonly kind?: OperationKind;
  readonly status?: string;
  readonly limit: number;
  /** `next` of the page before. */
  readonly next?: string;
}

/** A page of operations, the newest first. Fails with InputInvalid for a `next` that was never answered. */
export async function listOperations(query: OperationQuery, executions: Executions): Promise<OperationList> {
  const from = query.next === undefined ? undefined : readNext(query.next);
  const kinds = OPERATION_KINDS.filter((kind) => (query.kind ?? kind) === kind && (from === undefined || kind in from));
  const pages = await Promise.all(
    kinds.map(async (kind): Promise<readonly [OperationKind, ExecutionList]> => {
      const next = from?.[kind];
      return [
        kind,
        await executions.list(kind, {
          limit: query.limit,
          ...(query.status !== undefined && { status: query.status }),
          ...(next !== undefined && { next }),
        }),
      ];
    }),
  );
  const next = Object.fromEntries(
    pages.flatMap(([kind, page]) => (page.next === undefined ? [] : [[kind, page.next]])),
  );
  return {
    operations: pages
      .flatMap(([, page]) => page.executions)
      .toSorted((one, other) => other.startedAt - one.startedAt)
      .map(headOf),
    next: Object.keys(next).length === 0 ? null : encodeURIComponent(JSON.stringify(next)),
  };
}

function readNext(next: string): Readonly<Partial<Record<OperationKind, string>>> {
  const refused = pageUnknown('what an earlier page answered as next');
  let value: unknown;
  try {
    value = JSON.parse(decodeURIComponent(next));
  } catch {
    throw refused;
  }
  const isNext =
    typeof value === 'object' &&
    value !== null &&
    Object.keys(value).length > 0 &&
    Object.entries(value).every(([kind, token]) => OPERATION_KINDS.includes(kind as OperationKind) && isToken(token));
  if (!isNext) throw refused;
  return value as Partial<Record<OperationKind, string>>;
}

/** "Minimum length of 1. Maximum length of 3096" (ListExecutions); AWS refuses others as malformed, not as unknown. */
const isToken = (token: unknown): boolean => typeof token === 'string' && token.length > 0 && token.length <= 3_096;

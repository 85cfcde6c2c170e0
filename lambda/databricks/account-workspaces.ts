import type { WorkspaceDirectory } from '../app/ports.ts';
import { FAILURE } from '../contract/failures.ts';
import type { WorkspaceSettings } from '../contract/rollout.ts';
import { AutomationError } from '../domain/failure.ts';
import type { Workspace } from '../domain/workspace.ts';
import { pathSegment } from './base-url.ts';
import { DatabricksError } from './databricks-error.ts';
import type { DatabricksHttp } from './http.ts';
import { patchFailure } from './patch-failure.ts';
import { isMissing } from './still-there.ts';
import { parseWorkspace, settingsBody } from './workspace-wire.ts';

/** Workspaces over the Account API. */
export class AccountWorkspaces implements WorkspaceDirectory {
  readonly #http: DatabricksHttp;
  readonly #path: string;

  constructor(http: DatabricksHttp, accountId: string) {
    this.#http = http;
    this.#path = `/api/2.0/accounts/${pathSegment(accountId)}/workspaces`;
  }

  async list(): Promise<readonly Workspace[]> {
    const answer = await this.#http.request({ method: 'GET', path: this.#path, answer: 'workspaces' });
    const list = answer.isList ? answer : answer.at('workspaces');
    return (list.optional((field) => field.items()) ?? []).map(parseWorkspace);
  }

  async get(id: string): Promise<Workspace> {
    const path = `${this.#path}/${pathSegment(id)}`;
    try {
      return parseWorkspace(await this.#http.request({ method: 'GET', path, answer: 'workspace' }));
    } catch (error) {
      throw isMissing(error) ? notFound(id, error) : error;
    }
  }

  /**
   * Sends only the given settings and nothing if there is none. Fails with ComputeRunning, WorkspaceBusy,
   * StorageKeyIsPermanent or WorkspaceNotFound where Databricks' refusal says so, and with DatabricksOutcomeUnknown if
   * the answer was lost: the change may then be accepted.
   */
  async patch(id: string, settings: WorkspaceSettings): Promise<void> {
    const body = settingsBody(settings);
    const names = Object.keys(body).toSorted();
    if (names.length === 0) return;
    const path = `${this.#path}/${pathSegment(id)}`;
    // AWS is said to ignore update_mask, other clouds want it; the Terraform provider always sends it, sorted.
    const query = { update_mask: names.join(',') };
    try {
      await this.#http.request({ method: 'PATCH', path, query, body, answer: 'workspace' });
    } catch (error) {
      throw translated(id, error);
    }
  }
}

const notFound = (id: string, cause: unknown): AutomationError =>
  new AutomationError(
    FAILURE.workspaceNotFound,
    `workspace ${id} does not exist in this Databricks account, or the service principal may not see it`,
    { cause },
  );

const translated = (id: string, error: unknown): unknown => {
  if (isMissing(error)) return notFound(id, error);
  if (!(error instanceof DatabricksError)) return error;
  const name = patchFailure(error);
  return name === undefined ? error : new AutomationError(name, `workspace ${id}: ${error.message}`, { cause: error });
};

import type { WorkspaceHost } from '../app/provisioning-ports.ts';
import { AutomationError } from '../domain/failure.ts';
import type { DatabricksHttp } from './http.ts';

/**
 * The REST API of a workspace, asked for something small. A workspace that is RUNNING may not answer yet: its name is not
 * in the DNS everywhere, or nothing works behind it. Source: Databricks, "Confirm the new workspace"; observed by the
 * Terraform provider, which repeats its first request.
 */
export class DatabricksWorkspaceHost implements WorkspaceHost {
  readonly #http: DatabricksHttp;

  constructor(http: DatabricksHttp) {
    this.#http = http;
  }

  async objection(): Promise<string | undefined> {
    try {
      await this.#http.request({ method: 'GET', path: '/api/2.0/secrets/scopes/list', answer: 'scopes' });
      return undefined;
    } catch (error) {
      if (error instanceof AutomationError) return `${error.name}: ${error.message}`;
      throw error;
    }
  }
}

import { randomUUID } from 'node:crypto';
import type { LocalAccount } from '../aws/local-account.ts';

const SYSTEMS = ['hubspot', 'kafka', 'postgres', 'redshift', 'salesforce', 'sftp', 'snowflake', 'stripe'] as const;
const KINDS = ['password', 'token', 'user'] as const;

/** A secret that a person changes in the story. */
export const CHANGED_SECRET = 'demo/analytics/stripe-token';

/** A key that somebody edits by hand in Databricks in the story. */
export const EDITED_KEY = 'kafka-password';

export const ANALYTICS_SCOPE = 'analytics';
const TEAM_SCOPE = 'team-ml';

/** Where the secrets of the story begin, and where the keys made of them belong. */
export const DEMO_PREFIX = { analytics: 'demo/analytics/', teams: 'demo/teams/' } as const;

/** Two dozen secrets for a scope, and two JSON secrets whose tags name another scope. Values are random. */
export async function makeDemoSecrets({ secrets }: LocalAccount): Promise<void> {
  for (const system of SYSTEMS) {
    for (const kind of KINDS) {
      await secrets.handle('CreateSecret', {
        Name: `${DEMO_PREFIX.analytics}${system}-${kind}`,
        SecretString: randomUUID(),
      });
    }
  }
  for (const name of ['registry', 'feature-store']) {
    await secrets.handle('CreateSecret', {
      Name: `${DEMO_PREFIX.teams}${name}`,
      SecretString: JSON.stringify({ user: name, password: randomUUID() }),
      Tags: [{ Key: 'databricks:scope', Value: TEAM_SCOPE }],
    });
  }
}

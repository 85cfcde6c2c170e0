/** What the Secrets API leaves open, or documents in two ways. The default is what was observed or the likeliest guess. */
export interface SecretSwitches {
  /**
   * Characters of scope and key names besides letters and digits. `documented`: `-_.` (the 2.0 page); `with-at`: also `@`
   * (the newer pages); `as-terraform`: also `/` (what the Terraform provider lets through).
   */
  readonly secretNames: 'documented' | 'with-at' | 'as-terraform';
  readonly secretLimits: SecretLimits;
  /** Every example of `last_updated_timestamp` ends in 000: `seconds` shows whole seconds, so that two puts may look alike. */
  readonly secretTimestamps: 'milliseconds' | 'seconds';
  /** Without the premium tier a scope is created for all users or not at all. */
  readonly premium: boolean;
  /** The workspace's host is on Azure: Key Vault scopes can be created. */
  readonly azure: boolean;
  /** Milliseconds of the simulator's clock by which `acls/get` and `acls/list` lag (terraform-provider-databricks 4195). */
  readonly aclLagMs: number;
  /**
   * `lossy`: an ACL write that begins while another of its scope goes on is accepted and lost. The databricks CLI writes
   * them one by one because the "service returns inconsistent results for parallel API calls".
   */
  readonly aclParallelWrites: 'fine' | 'lossy';
  /** For all calls below /secrets/ of one workspace together. No figure is published; null is none. */
  readonly secretsRateLimit: SecretsRateLimit | null;
}

export interface SecretLimits {
  /** 1000 today; the 2.0 page says 100. */
  readonly scopes: number;
  readonly secretsPerScope: number;
  /** 128 KB. */
  readonly valueBytes: number;
}

export interface SecretsRateLimit {
  /** Also the size of a burst. */
  readonly perSecond: number;
  /** Sent as Retry-After; left out, there is no such header. */
  readonly retryAfterSeconds?: number;
}

export const DEFAULT_SECRET_SWITCHES: SecretSwitches = {
  secretNames: 'with-at',
  secretLimits: { scopes: 1000, secretsPerScope: 1000, valueBytes: 131_072 },
  secretTimestamps: 'milliseconds',
  premium: true,
  azure: false,
  aclLagMs: 0,
  aclParallelWrites: 'fine',
  secretsRateLimit: null,
};

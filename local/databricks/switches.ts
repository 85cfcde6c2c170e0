import type { ErrorForm } from './answer.ts';
import {
  DEFAULT_PROVISIONING_SWITCHES,
  DEFAULT_PROVISIONING_TIMINGS,
  type ProvisioningSwitches,
  type ProvisioningTimings,
} from './provisioning-switches.ts';
import { DEFAULT_SECRET_SWITCHES, type SecretLimits, type SecretSwitches } from './secret-switches.ts';

/**
 * Behaviours of the service that are not documented, or documented in two ways, and the durations of what it does in
 * the background. The default is what was observed or, where nothing was, the most likely guess.
 */
export interface Switches extends SecretSwitches, ProvisioningSwitches {
  /** A second configuration for the same ARN: undocumented. Shared CI accounts of the SDKs suggest `accept`. */
  readonly duplicateKey: 'accept' | 'conflict' | 'return-existing';
  /** DELETE in the account API: nothing, `{}`, or (as the OpenAPI document says) the deleted object. */
  readonly deleteBody: 'void' | 'object' | 'deleted';
  /** Lists are bare arrays in every SDK; the 2026 reference page shows an object with one field. */
  readonly lists: 'array' | 'wrapped';
  /** Body of errors of the account API. */
  readonly accountErrors: ErrorForm;
  /** PATCH workspace answers nothing, `{}`, the workspace as GET shows it, or the workspace with the asked values. */
  readonly patchBody: 'void' | 'object' | 'workspace' | 'workspace-as-asked';
  /**
   * PATCH while classic compute runs. That it fails is documented ("the request will fail"); status and text are a
   * guess. `accept` lets it through and notes a violation.
   */
  readonly refusalWhileRunning: '400' | '409' | 'accept';
  /** The provider's authors say that AWS ignores `update_mask`; other clouds apply only what it names. */
  readonly updateMask: 'ignored' | 'enforced';
  /** The end of a paged list: no token, or an empty one. */
  readonly lastPageToken: 'absent' | 'empty';
  /** Answer to a call without a valid token. Numbers as `error_code` were observed. */
  readonly unauthorizedCode: 'number' | 'string';
  readonly timings: Timings;
}

/** Milliseconds of the simulator's clock. */
export interface Timings extends ProvisioningTimings {
  /** Customer-managed VPC: until the field shows the new value ("a few minutes"). */
  readonly customerUpdateMs: number;
  /** Databricks-managed VPC, and any redeployment of a FAILED workspace: PROVISIONING ("less than 20 minutes"). */
  readonly managedUpdateMs: number;
  /** How long a value that will be taken back is shown. */
  readonly shownMs: number;
  readonly clusterStartMs: number;
  readonly clusterTerminateMs: number;
  /** From TERMINATED to the scheduler's next start. */
  readonly relaunchMs: number;
  /** Added to the pool's own autotermination minutes before an idle instance is gone. */
  readonly poolDrainMs: number;
  readonly poolLaunchMs: number;
  readonly warehouseStartMs: number;
  readonly warehouseStopMs: number;
  /** Life of an OAuth token: one hour in the documentation. */
  readonly tokenLifeMs: number;
}

/** What may be changed: any switch, any timing, any limit. */
export type SwitchChanges = Partial<Omit<Switches, 'timings' | 'secretLimits'>> & {
  readonly timings?: Partial<Timings>;
  readonly secretLimits?: Partial<SecretLimits>;
};

const MINUTE = 60_000;

export const DEFAULT_SWITCHES: Switches = {
  ...DEFAULT_SECRET_SWITCHES,
  ...DEFAULT_PROVISIONING_SWITCHES,
  duplicateKey: 'accept',
  deleteBody: 'deleted',
  lists: 'array',
  accountErrors: 'message',
  patchBody: 'workspace',
  refusalWhileRunning: '400',
  updateMask: 'ignored',
  lastPageToken: 'absent',
  unauthorizedCode: 'number',
  timings: {
    ...DEFAULT_PROVISIONING_TIMINGS,
    customerUpdateMs: 90_000,
    managedUpdateMs: 10 * MINUTE,
    shownMs: 2 * MINUTE,
    clusterStartMs: MINUTE,
    clusterTerminateMs: 20_000,
    relaunchMs: 30_000,
    poolDrainMs: 30_000,
    poolLaunchMs: MINUTE,
    warehouseStartMs: MINUTE,
    warehouseStopMs: 20_000,
    tokenLifeMs: 60 * MINUTE,
  },
};

/** The switches after a change; what the change does not name stays. */
export const changed = (switches: Switches, changes: SwitchChanges): Switches => ({
  ...switches,
  ...changes,
  timings: { ...switches.timings, ...changes.timings },
  secretLimits: { ...switches.secretLimits, ...changes.secretLimits },
});

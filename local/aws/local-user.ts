import type { Home } from './home.ts';

/** The one set of credentials that the local account knows; they are no secret and open nothing else. */
export const LOCAL_CREDENTIALS = {
  accessKeyId: 'local',
  secretAccessKey: 'local',
  /** What local Lambdas send along; nobody has to. */
  sessionToken: 'local',
} as const;

/** The IAM user behind the local credentials. */
export interface LocalUser {
  readonly arn: string;
  /** AWS makes ids of 21 letters such as `AIDA...`. */
  readonly userId: string;
  readonly account: string;
}

/** Who every caller of the local account is. */
export const localUser = ({ account, partition }: Home): LocalUser => ({
  arn: `arn:${partition}:iam::${account}:user/local`,
  userId: 'LOCAL',
  account,
});

/** The world outside, passed in so that tests bring their own. */
export interface Surroundings {
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** Standard output and standard error; whole lines with their line feeds. */
  readonly out: (text: string) => void;
  readonly err: (text: string) => void;
  /** A text file, or standard input for `-`. Rejects as node:fs does. */
  readonly read: (file: string) => Promise<string>;
  readonly now: () => Date;
  /** Rejects when the signal fires. */
  readonly sleep: (ms: number, signal: AbortSignal) => Promise<void>;
  /** 0 to 1. */
  readonly random: () => number;
  readonly uuid: () => string;
  /** Fires on Ctrl-C. */
  readonly signal: AbortSignal;
  readonly aws: AwsAccess;
}

/** What this program needs of AWS besides the API itself. */
export interface AwsAccess {
  /** Of the environment or the profile; undefined where neither names one. */
  region(profile: string | undefined): Promise<string | undefined>;
  /** Answers credentials that are good now, again and again. Fails with CredentialsRefused. */
  credentials(choice: AwsChoice): () => Promise<AwsCredentials>;
  /** Value of an output of a CloudFormation stack. Fails with UsageError if there is none. */
  stackOutput(question: StackQuestion): Promise<string>;
}

export interface AwsChoice {
  readonly region: string;
  readonly profile: string | undefined;
}

export interface AwsCredentials {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken?: string;
}

export interface StackQuestion {
  readonly stack: string;
  readonly output: string;
  readonly region: string;
  readonly credentials: () => Promise<AwsCredentials>;
  readonly signal: AbortSignal;
}

/** The account and Region that the local run pretends to be. */
export interface Home {
  /** Twelve digits. */
  readonly account: string;
  readonly region: string;
  /** `aws`, `aws-cn`, `aws-us-gov`. */
  readonly partition: string;
}

/** The ARN of something in this account and Region: `arn:aws:sqs:us-west-2:111122223333:dead-letters`. */
export const arnAt = (home: Home, service: string, rest: string): string =>
  `arn:${home.partition}:${service}:${home.region}:${home.account}:${rest}`;

/** The end of AWS's own host names, which is `AWS::URLSuffix` in a template. */
export const urlSuffix = ({ partition }: Home): string =>
  partition === 'aws-cn' ? 'amazonaws.com.cn' : 'amazonaws.com';

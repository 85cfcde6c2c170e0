/** The parts of a KMS key ARN: `arn:partition:kms:region:account:key/key-id`. */
export interface KeyArn {
  readonly arn: string;
  readonly partition: string;
  readonly region: string;
  readonly account: string;
  /** Not always a UUID: multi-Region keys have `mrk-` ids. */
  readonly keyId: string;
}

const KEY_ARN = /^arn:(aws[a-z-]*):kms:([a-z0-9-]+):(\d{12}):key\/([A-Za-z0-9-]+)$/;

/** Undefined if `text` is not the ARN of a KMS key. */
export function parseKeyArn(text: string): KeyArn | undefined {
  const [arn, partition, region, account, keyId] = KEY_ARN.exec(text) ?? [];
  if (!arn || !partition || !region || !account || !keyId) return undefined;
  return { arn, partition, region, account, keyId };
}

/** Like parseKeyArn, for ARNs that AWS itself answered. Throws RangeError on anything else. */
export function keyArn(text: string): KeyArn {
  const parsed = parseKeyArn(text);
  if (parsed === undefined) throw new RangeError(`not a KMS key ARN: ${text}`);
  return parsed;
}

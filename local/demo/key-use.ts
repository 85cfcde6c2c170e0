import type { AwsService } from '../aws/service.ts';

const PRINCIPAL = 'arn:aws:iam::414351767826:root';

/**
 * Lets the simulated Databricks use a key only if simulated KMS would: it exists, is enabled, and its policy names
 * Databricks for this account. Answers the reason otherwise. Policies are searched, not evaluated.
 */
export const canUseKey =
  ({ kms }: { readonly kms: AwsService }, databricksAccountId: string) =>
  async (keyArn: string): Promise<boolean | string> => {
    try {
      const { KeyMetadata } = (await kms.handle('DescribeKey', { KeyId: keyArn })) as {
        readonly KeyMetadata: { readonly KeyState: string };
      };
      if (KeyMetadata.KeyState !== 'Enabled') return `the key is ${KeyMetadata.KeyState}`;
      const { Policy } = (await kms.handle('GetKeyPolicy', { KeyId: keyArn, PolicyName: 'default' })) as {
        readonly Policy: string;
      };
      return (
        (Policy.includes(PRINCIPAL) && Policy.includes(databricksAccountId)) ||
        'the key policy does not allow Databricks'
      );
    } catch (error) {
      return error instanceof Error ? error.message : String(error);
    }
  };

import { invalid } from './actions.ts';
import { currentMaterial, isSymmetric, type KeyRecord } from './kms-key.ts';

const RSA_ENCRYPTION = ['RSAES_OAEP_SHA_1', 'RSAES_OAEP_SHA_256'];
const RSA_SIGNING = ['PKCS1_V1_5', 'PSS'].flatMap((padding) =>
  [256, 384, 512].map((bits) => `RSASSA_${padding}_SHA_${bits}`),
);
const ECC_SIGNING: Readonly<Record<string, string>> = {
  ECC_NIST_P256: 'ECDSA_SHA_256',
  ECC_NIST_P384: 'ECDSA_SHA_384',
  ECC_NIST_P521: 'ECDSA_SHA_512',
  ECC_SECG_P256K1: 'ECDSA_SHA_256',
};

/** The usages that each kind of key allows ("Key spec reference"). */
const USAGES: ReadonlyMap<string, readonly string[]> = new Map<string, readonly string[]>([
  ['SYMMETRIC_DEFAULT', ['ENCRYPT_DECRYPT']],
  ...['RSA_2048', 'RSA_3072', 'RSA_4096'].map((spec) => [spec, ['ENCRYPT_DECRYPT', 'SIGN_VERIFY']] as const),
  ...Object.keys(ECC_SIGNING).map((spec) => [spec, ['SIGN_VERIFY', 'KEY_AGREEMENT']] as const),
  ...['HMAC_224', 'HMAC_256', 'HMAC_384', 'HMAC_512'].map((spec) => [spec, ['GENERATE_VERIFY_MAC']] as const),
]);

/**
 * Checks what CreateKey was asked for and answers the usage. Throws ValidationException for a key spec that the local
 * run does not know and for a usage that the spec does not allow; only SYMMETRIC_DEFAULT may leave the usage out.
 */
export const usageFor = (keySpec: string, wanted: string | undefined): string => {
  const allowed = USAGES.get(keySpec);
  if (allowed === undefined) throw invalid(`the local run does not know the key spec ${keySpec}`);
  const usage = wanted ?? 'ENCRYPT_DECRYPT';
  if (!allowed.includes(usage)) throw invalid(`KeyUsage ${usage} is not compatible with KeySpec ${keySpec}`);
  return usage;
};

const algorithms = ({ keySpec, keyUsage }: KeyRecord): Readonly<Record<string, readonly string[]>> => {
  if (keyUsage === 'GENERATE_VERIFY_MAC') return { MacAlgorithms: [keySpec.replace('HMAC_', 'HMAC_SHA_')] };
  if (keyUsage === 'KEY_AGREEMENT') return { KeyAgreementAlgorithms: ['ECDH'] };
  if (keyUsage === 'SIGN_VERIFY') return { SigningAlgorithms: [ECC_SIGNING[keySpec] ?? RSA_SIGNING].flat() };
  return { EncryptionAlgorithms: keySpec === 'SYMMETRIC_DEFAULT' ? [keySpec] : RSA_ENCRYPTION };
};

/** A key as DescribeKey and CreateKey answer it. */
export const keyMetadata = (key: KeyRecord): Readonly<Record<string, unknown>> => {
  const [, , , region, account] = key.arn.split(':');
  return {
    AWSAccountId: account,
    KeyId: key.keyId,
    Arn: key.arn,
    CreationDate: new Date(key.createdAt),
    Enabled: key.state === 'Enabled',
    Description: key.description,
    KeyUsage: key.keyUsage,
    KeyState: key.state,
    ...(key.deletionAt === undefined ? {} : { DeletionDate: new Date(key.deletionAt) }),
    Origin: 'AWS_KMS',
    KeyManager: key.keyManager,
    CustomerMasterKeySpec: key.keySpec,
    KeySpec: key.keySpec,
    ...algorithms(key),
    MultiRegion: key.multiRegion,
    ...(key.multiRegion
      ? {
          MultiRegionConfiguration: {
            MultiRegionKeyType: 'PRIMARY',
            PrimaryKey: { Arn: key.arn, Region: region },
            ReplicaKeys: [],
          },
        }
      : {}),
    ...(isSymmetric(key) ? { CurrentKeyMaterialId: currentMaterial(key).id } : {}),
  };
};

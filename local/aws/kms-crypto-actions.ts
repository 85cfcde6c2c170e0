import { randomBytes } from 'node:crypto';
import { type Actions, invalid, isRecord, optionalCount, optionalText, type Request, text } from './actions.ts';
import { open, readCiphertext, seal } from './kms-cipher.ts';
import { currentMaterial, isSymmetric, type KeyRecord } from './kms-key.ts';
import type { KmsKeys } from './kms-keys.ts';
import { AwsError } from './service.ts';

/** Encrypt takes at most 4,096 bytes with a symmetric key. */
const MOST_PLAINTEXT_BYTES = 4096;

const DATA_KEY_BYTES: Readonly<Record<string, number>> = { AES_128: 16, AES_256: 32 };

const contextOf = (request: Request): Readonly<Record<string, unknown>> => {
  const context = request.EncryptionContext ?? {};
  if (isRecord(context)) return context;
  throw invalid('EncryptionContext must be an object');
};

const invalidCiphertext = (): AwsError => new AwsError('InvalidCiphertextException', '');

/** Actions that use key material, and GetKeyLastUsage, which tells of them. */
export const cryptoActions = (keys: KmsKeys): Actions => ({
  Encrypt: {
    fields: ['KeyId', 'Plaintext', 'EncryptionContext', 'GrantTokens', 'EncryptionAlgorithm'],
    run: (request) => {
      const key = usable(keys, text(request, 'KeyId'), 'Encrypt');
      const plaintext = Buffer.from(text(request, 'Plaintext'), 'base64');
      if (plaintext.length > MOST_PLAINTEXT_BYTES)
        throw invalid(`Plaintext holds at most ${MOST_PLAINTEXT_BYTES} bytes`);
      return {
        CiphertextBlob: seal(key, plaintext, contextOf(request)),
        KeyId: key.arn,
        EncryptionAlgorithm: algorithmOf(request),
      };
    },
  },
  Decrypt: {
    fields: ['CiphertextBlob', 'EncryptionContext', 'GrantTokens', 'KeyId', 'EncryptionAlgorithm'],
    run: (request) => decrypt(keys, request),
  },
  GenerateDataKey: {
    fields: ['KeyId', 'EncryptionContext', 'NumberOfBytes', 'KeySpec', 'GrantTokens'],
    run: (request) => dataKey(keys, request, 'GenerateDataKey'),
  },
  GenerateDataKeyWithoutPlaintext: {
    fields: ['KeyId', 'EncryptionContext', 'NumberOfBytes', 'KeySpec', 'GrantTokens'],
    run: (request) => {
      const { Plaintext: _plaintext, ...rest } = dataKey(keys, request, 'GenerateDataKeyWithoutPlaintext');
      return rest;
    },
  },
  GetKeyLastUsage: {
    fields: ['KeyId'],
    run: (request) => {
      const key = keys.key(text(request, 'KeyId'));
      const created = new Date(key.createdAt);
      return {
        KeyId: key.keyId,
        KeyCreationDate: created,
        TrackingStartDate: created,
        ...(key.lastUse === undefined
          ? {}
          : { KeyLastUsage: { Operation: key.lastUse.operation, Timestamp: new Date(key.lastUse.at) } }),
      };
    },
  },
});

const algorithmOf = (request: Request): string => {
  const algorithm = optionalText(request, 'EncryptionAlgorithm') ?? 'SYMMETRIC_DEFAULT';
  if (algorithm === 'SYMMETRIC_DEFAULT') return algorithm;
  throw new AwsError('UnsupportedOperationException', `the local run does not know the algorithm ${algorithm}`);
};

/** A key that can do `operation` now; notes the use. */
const usable = (keys: KmsKeys, named: string, operation: string): KeyRecord => {
  const key = keys.keyOrAlias(named);
  keys.requireEnabled(key);
  if (key.keyUsage !== 'ENCRYPT_DECRYPT') {
    throw new AwsError('InvalidKeyUsageException', `${key.arn} key usage is ${key.keyUsage} which is not valid here.`);
  }
  if (!isSymmetric(key)) {
    throw new AwsError('UnsupportedOperationException', `the local run does not encrypt with ${key.keySpec}`);
  }
  key.lastUse = { operation, at: keys.clock.now() };
  return key;
};

const decrypt = (keys: KmsKeys, request: Request) => {
  const ciphertext = readCiphertext(Buffer.from(text(request, 'CiphertextBlob'), 'base64'));
  if (ciphertext === undefined) throw invalidCiphertext();
  const named = optionalText(request, 'KeyId');
  if (named !== undefined && keys.keyOrAlias(named).keyId !== ciphertext.keyId) {
    throw new AwsError(
      'IncorrectKeyException',
      'The key ID in the request does not identify a key that can decrypt it.',
    );
  }
  const key = usable(keys, ciphertext.keyId, 'Decrypt');
  const material = key.materials.find((each) => each.id === ciphertext.materialId);
  const plaintext = material === undefined ? undefined : open(material, ciphertext, contextOf(request));
  if (plaintext === undefined) throw invalidCiphertext();
  return {
    KeyId: key.arn,
    Plaintext: plaintext,
    EncryptionAlgorithm: algorithmOf(request),
    KeyMaterialId: ciphertext.materialId,
  };
};

const dataKey = (keys: KmsKeys, request: Request, operation: string) => {
  const key = usable(keys, text(request, 'KeyId'), operation);
  const spec = optionalText(request, 'KeySpec');
  const bytes = optionalCount(request, 'NumberOfBytes', { least: 1, most: 1024 });
  if ((spec === undefined) === (bytes === undefined)) throw invalid('one of KeySpec and NumberOfBytes is wanted');
  const size = bytes ?? DATA_KEY_BYTES[spec ?? ''];
  if (size === undefined) throw invalid(`KeySpec is ${spec}; AES_128 or AES_256 is wanted`);
  const plaintext = randomBytes(size);
  return {
    CiphertextBlob: seal(key, plaintext, contextOf(request)),
    Plaintext: plaintext,
    KeyId: key.arn,
    KeyMaterialId: currentMaterial(key).id,
  };
};

import { type Actions, optionalCount, optionalText, text } from './actions.ts';
import { currentMaterial, type KeyMaterial, type KeyRecord } from './kms-key.ts';
import { listAnswer } from './kms-key-actions.ts';
import type { KmsKeys } from './kms-keys.ts';
import { AwsError } from './service.ts';

const DAY_MS = 86_400_000;

/** EnableKeyRotation takes 90 to 2,560 days, and 365 when nothing is said. */
const PERIOD_DAYS = { least: 90, most: 2560, usual: 365 };

/** "You can perform on-demand rotation of a KMS key a maximum of 25 times" (Perform on-demand key rotation). */
const MOST_ON_DEMAND = 25;

/** One line of ListKeyRotations; the first material has neither date nor type (RotationsListEntry). */
const entry = (key: KeyRecord, material: KeyMaterial) => ({
  KeyId: key.keyId,
  KeyMaterialId: material.id,
  KeyMaterialState: material === currentMaterial(key) ? 'CURRENT' : 'NON_CURRENT',
  ...(material.rotation === undefined
    ? {}
    : { RotationDate: new Date(material.rotation.at), RotationType: material.rotation.type }),
});

/** Actions on rotation. On-demand rotations are done when the call answers; AWS needs some moments for them. */
export const rotationActions = (keys: KmsKeys): Actions => ({
  RotateKeyOnDemand: {
    fields: ['KeyId'],
    run: (request) => {
      const key = keys.key(text(request, 'KeyId'));
      keys.requireRotatable(key);
      keys.requireEnabled(key);
      if (key.materials.filter((each) => each.rotation?.type === 'ON_DEMAND').length >= MOST_ON_DEMAND) {
        throw new AwsError('LimitExceededException', `${key.arn} has been rotated on demand ${MOST_ON_DEMAND} times`);
      }
      keys.rotate(key, 'ON_DEMAND');
      return { KeyId: key.keyId };
    },
  },
  EnableKeyRotation: {
    fields: ['KeyId', 'RotationPeriodInDays'],
    run: (request) => {
      const key = keys.key(text(request, 'KeyId'));
      keys.requireRotatable(key);
      keys.requireEnabled(key);
      const days = optionalCount(request, 'RotationPeriodInDays', PERIOD_DAYS) ?? key.automatic?.days;
      key.automatic = { days: days ?? PERIOD_DAYS.usual, from: key.automatic?.from ?? keys.clock.now() };
      return {};
    },
  },
  DisableKeyRotation: {
    fields: ['KeyId'],
    run: (request) => {
      const key = keys.key(text(request, 'KeyId'));
      keys.requireRotatable(key);
      keys.requireEnabled(key);
      key.automatic = undefined;
      return {};
    },
  },
  GetKeyRotationStatus: {
    fields: ['KeyId'],
    run: (request) => {
      const key = keys.key(text(request, 'KeyId'));
      keys.requireRotatable(key);
      if (key.automatic === undefined) return { KeyRotationEnabled: false, KeyId: key.arn };
      const { days, from } = key.automatic;
      return {
        KeyRotationEnabled: true,
        KeyId: key.arn,
        RotationPeriodInDays: days,
        NextRotationDate: new Date(from + days * DAY_MS),
      };
    },
  },
  // Oldest first, as in the example of the AWS CLI's reference; the API reference does not promise an order.
  ListKeyRotations: {
    fields: ['KeyId', 'IncludeKeyMaterial', 'Limit', 'Marker'],
    run: (request) => {
      const key = keys.key(text(request, 'KeyId'));
      keys.requireRotatable(key);
      const all = optionalText(request, 'IncludeKeyMaterial') === 'ALL_KEY_MATERIAL';
      const materials = key.materials.filter((material) => all || material.rotation !== undefined);
      return listAnswer(
        'Rotations',
        materials.map((material) => entry(key, material)),
        request,
      );
    },
  },
});

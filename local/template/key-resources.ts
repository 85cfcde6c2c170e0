import { optionalText, text } from '../aws/actions.ts';
import { arnAt } from '../aws/home.ts';
import type { LocalAccount } from '../aws/local-account.ts';
import { onlyKnown, type ResourceHandler } from './resource.ts';

/** AWS::KMS::Key: symmetric and others, enabled or not. */
export const key =
  (account: LocalAccount): ResourceHandler =>
  async (resource) => {
    const heeded = [
      ...['Description', 'KeyPolicy', 'KeySpec', 'KeyUsage', 'MultiRegion', 'EnableKeyRotation', 'Enabled'],
      ...['RotationPeriodInDays'],
    ];
    onlyKnown(resource, { heeded, idle: ['PendingWindowInDays', 'Tags', 'BypassPolicyLockoutSafetyCheck'] });
    const { properties } = resource;
    const { KeyId: keyId, Arn } = account.kms.addKey({
      description: optionalText(properties, 'Description'),
      keySpec: optionalText(properties, 'KeySpec'),
      keyUsage: optionalText(properties, 'KeyUsage'),
      multiRegion: properties.MultiRegion === true,
      policy: properties.KeyPolicy === undefined ? undefined : JSON.stringify(properties.KeyPolicy),
    });
    if (properties.EnableKeyRotation === true) {
      const RotationPeriodInDays = properties.RotationPeriodInDays;
      await account.kms.handle('EnableKeyRotation', { KeyId: keyId, RotationPeriodInDays });
    }
    if (properties.Enabled === false) await account.kms.handle('DisableKey', { KeyId: keyId });
    return { ref: String(keyId), attributes: { Arn, KeyId: keyId } };
  };

/** AWS::KMS::Alias. */
export const alias =
  (account: LocalAccount): ResourceHandler =>
  async (resource) => {
    onlyKnown(resource, { heeded: ['AliasName', 'TargetKeyId'] });
    const name = text(resource.properties, 'AliasName');
    await account.kms.handle('CreateAlias', { ...resource.properties });
    return { ref: name, attributes: { AliasName: name, Arn: arnAt(resource.home, 'kms', name) } };
  };

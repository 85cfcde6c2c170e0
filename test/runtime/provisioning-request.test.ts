import { describe, expect, test } from '@jest/globals';
import { Ajv2020 } from 'ajv/dist/2020.js';
import fc from 'fast-check';
import type { Schema } from '../../lambda/contract/api-schema.ts';
import { WORKSPACE_REQUEST } from '../../lambda/contract/api-workspace-request.ts';
import { FAILURE } from '../../lambda/contract/failures.ts';
import type { ProvisioningRequest } from '../../lambda/contract/provisioning.ts';
import { parseProvisioning } from '../../lambda/runtime/provisioning-request.ts';

const ROLE = 'arn:aws:iam::111122223333:role/databricks';
const LEAST = { workspaceName: 'prod', credentials: { roleArn: ROLE }, storage: { bucket: 'prod-root' } };
const NETWORK = { vpcId: 'vpc-1', subnetIds: ['subnet-1', 'subnet-2'], securityGroupIds: ['sg-1'] };
const KEY = { key: 'alias/prod' };

const parse = (input: unknown) => parseProvisioning(input, 'us-west-2');
const requestOf = (provision: object): ProvisioningRequest => {
  const parsed = parse({ provision });
  if (!('provision' in parsed)) throw new Error('not a provisioning');
  return parsed.provision;
};

describe('a request', () => {
  test('of the least there can be gets every default', () => {
    expect(parse({ provision: LEAST })).toEqual({
      provision: {
        ...{ workspaceName: 'prod', region: 'us-west-2', onFailure: 'keep' },
        setup: {
          credentials: { name: 'prod-credentials', roleArn: ROLE },
          storage: { name: 'prod-storage', bucket: 'prod-root' },
        },
      },
      trigger: { kind: 'request' },
    });
  });

  test('names what it makes after the workspace, and what replaces it otherwise', () => {
    const { setup, replacements } = requestOf({
      ...{ ...LEAST, network: NETWORK, managedServicesKey: KEY },
      replacements: { network: NETWORK, credentials: { roleArn: ROLE, name: 'mine' }, storageKey: KEY },
    });
    expect(setup.network).toEqual({ name: 'prod-network', ...NETWORK });
    expect(setup.managedServicesKey).toEqual({ ...KEY, reuseKeyForClusterVolumes: true });
    expect(replacements).toEqual({
      network: { name: 'prod-2-network', ...NETWORK },
      credentials: { name: 'mine', roleArn: ROLE },
      storageKey: { ...KEY, reuseKeyForClusterVolumes: true },
    });
  });

  test('keeps everything else as it is', () => {
    const given = {
      ...{ region: 'eu-west-1', deploymentName: 'EMPTY', pricingTier: 'ENTERPRISE', onFailure: 'recreate' },
      ...{ customTags: { Organization: 'Marketing', Env: '' }, privateAccessSettingsId: 'pas-1' },
    };
    expect(requestOf({ ...LEAST, ...given })).toMatchObject(given);
    const vpcEndpoints = { restApi: ['e-1'], dataplaneRelay: ['e-2'] };
    expect(requestOf({ ...LEAST, network: { ...NETWORK, vpcEndpoints } }).setup.network).toMatchObject({
      vpcEndpoints,
    });
    const storageKey = { ...KEY, reuseKeyForClusterVolumes: false };
    expect(requestOf({ ...LEAST, storageKey }).setup.storageKey).toEqual(storageKey);
  });

  test('by ids has ids and nothing else', () => {
    const parts = {
      credentials: { id: 'c', name: 'x' },
      storage: { id: 's' },
      network: { id: 'n' },
      storageKey: { id: 'k' },
    };
    expect(requestOf({ ...LEAST, ...parts }).setup).toEqual({ ...parts, credentials: { id: 'c' } });
  });

  test('may ask for its plan alone', () => {
    expect(parse({ provision: LEAST, dryRun: true })).toMatchObject({ dryRun: true });
    expect(parse({ provision: LEAST, dryRun: false })).toMatchObject({ dryRun: false });
  });
});

const of = (change: object) => ({ provision: { ...LEAST, ...change } });

describe('what is wrong', () => {
  test.each([
    [undefined, 'input: found nothing, wanted an object'],
    [[], 'input: found a list of 0, wanted an object'],
    [{}, 'input: found nothing, wanted one of provision, remove'],
    [{ provision: LEAST, remove: {} }, 'input: found "both", wanted one of provision, remove'],
    [{ provision: LEAST, dryRun: 'no' }, 'input.dryRun: found "no", wanted true or false'],
    [{ provision: 'prod' }, 'input.provision: found "prod", wanted an object'],
    [of({ workspaceName: '' }), 'input.provision.workspaceName: found "", wanted text'],
    [of({ workspaceNmae: 'x' }), 'input.provision.workspaceNmae: found "x", wanted one of workspaceName'],
    [of({ region: 7 }), 'input.provision.region: found 7, wanted text'],
    [of({ deploymentName: null }), 'input.provision.deploymentName: found null, wanted text'],
    [of({ pricingTier: [] }), 'input.provision.pricingTier: found a list of 0, wanted text'],
    [of({ privateAccessSettingsId: {} }), 'input.provision.privateAccessSettingsId: found an object, wanted text'],
    [of({ customTags: 'a=b' }), 'input.provision.customTags: found "a=b", wanted an object'],
    [of({ customTags: { Env: 1 } }), 'input.provision.customTags.Env: found 1, wanted text'],
    [of({ onFailure: 'retry' }), 'input.provision.onFailure: found "retry", wanted one of keep, delete, recreate'],
    [of({ credentials: undefined }), 'input.provision.credentials: found nothing, wanted an object with id, or'],
    [of({ credentials: ROLE }), 'input.provision.credentials: found "arn:'],
    [of({ credentials: {} }), 'input.provision.credentials.roleArn: found nothing, wanted text'],
    [of({ credentials: { id: 7 } }), 'input.provision.credentials.id: found 7, wanted text'],
    [of({ credentials: { role: ROLE } }), 'wanted one of id, name, roleArn'],
    [of({ storage: undefined }), 'input.provision.storage: found nothing, wanted an object with id, or with bucket'],
    [of({ storage: { bucket: 7 } }), 'input.provision.storage.bucket: found 7, wanted text'],
    [of({ storage: { bucket: 'b', name: 7 } }), 'input.provision.storage.name: found 7, wanted text'],
    [of({ network: { ...NETWORK, vpcId: 7 } }), 'input.provision.network.vpcId: found 7, wanted text'],
    [of({ network: { ...NETWORK, subnetIds: 'subnet-1' } }), 'network.subnetIds: found "subnet-1", wanted a list'],
    [of({ network: { ...NETWORK, subnetIds: ['s', 7] } }), 'network.subnetIds[1]: found 7, wanted text'],
    [of({ network: { ...NETWORK, securityGroupIds: [null] } }), 'network.securityGroupIds[0]: found null, wanted text'],
    [of({ network: { ...NETWORK, vpcEndpoints: [] } }), 'network.vpcEndpoints: found a list of 0, wanted an object'],
    [of({ network: { ...NETWORK, vpcEndpoints: {} } }), 'network.vpcEndpoints.restApi: found nothing, wanted a list'],
    [
      of({ network: { ...NETWORK, vpcEndpoints: { restApi: ['e'], dataplaneRelay: [1] } } }),
      'network.vpcEndpoints.dataplaneRelay[0]: found 1, wanted text',
    ],
    [of({ managedServicesKey: {} }), 'input.provision.managedServicesKey.key: found nothing, wanted text'],
    [
      of({ storageKey: { ...KEY, reuseKeyForClusterVolumes: 'no' } }),
      'input.provision.storageKey.reuseKeyForClusterVolumes: found "no", wanted true or false',
    ],
    [of({ replacements: [] }), 'input.provision.replacements: found a list of 0, wanted an object'],
    [of({ replacements: { netwrok: {} } }), 'input.provision.replacements.netwrok: found an object, wanted one of'],
    [of({ replacements: { storage: {} } }), 'input.provision.replacements.storage.bucket: found nothing, wanted text'],
    [{ remove: { workspaceName: 'prod' } }, 'input.remove.workspaceId: found nothing, wanted text'],
    [{ remove: { workspaceId: '../7', workspaceName: 'p' } }, 'wanted the digits of a workspace id'],
    [{ remove: { workspaceId: '7' } }, 'input.remove.workspaceName: found nothing, wanted text'],
    [
      { remove: { workspaceId: '7', workspaceName: 'p', networkId: 7 } },
      'input.remove.networkId: found 7, wanted text',
    ],
  ])('%# is told with its path, what was found and what was wanted', (input, words) => {
    let told: unknown;
    try {
      parse(input);
    } catch (error) {
      told = error;
    }
    expect(told).toMatchObject({ name: FAILURE.inputInvalid, message: expect.stringContaining(words) });
  });
});

describe('a removal', () => {
  test.each([
    [{}, null],
    [{ networkId: null }, null],
    [{ networkId: 'net-1' }, 'net-1'],
  ])('with %j has the network %p', (given, networkId) => {
    const remove = { workspaceId: '9007199254740993', workspaceName: 'prod' };
    expect(parse({ remove: { ...remove, ...given } })).toEqual({
      remove: { ...remove, networkId },
      trigger: { kind: 'request' },
    });
  });
});

/** Values that a schema allows. */
function allowed(schema: Schema): fc.Arbitrary<unknown> {
  if (schema.enum !== undefined) return fc.constantFrom(...schema.enum);
  switch (schema.type) {
    case 'object':
      return objectOf(schema);
    case 'array':
      return fc.uniqueArray(allowed(schema.items ?? {}), {
        minLength: schema.minItems ?? 0,
        maxLength: schema.maxItems ?? 3,
      });
    case 'boolean':
      return fc.boolean();
    default:
      return schema.pattern === undefined
        ? fc.string({ minLength: schema.minLength ?? 0, maxLength: Math.min(schema.maxLength ?? 40, 40) })
        : fc
            .stringMatching(new RegExp(schema.pattern), { maxLength: schema.maxLength ?? 600 })
            .filter((text) => text.length >= (schema.minLength ?? 0));
  }
}

function objectOf({ properties, required = [], oneOf, additionalProperties }: Schema): fc.Arbitrary<unknown> {
  if (properties === undefined) {
    return fc.dictionary(fc.string({ maxLength: 20 }), allowed(additionalProperties as Schema), { maxKeys: 4 });
  }
  const fields = Object.fromEntries(Object.entries(properties).map(([name, one]) => [name, allowed(one)]));
  const record = (requiredKeys: readonly string[], without: readonly string[]) =>
    fc.record(Object.fromEntries(Object.entries(fields).filter(([name]) => !without.includes(name))), {
      requiredKeys: [...requiredKeys],
    });
  if (oneOf === undefined) return record(required, []);
  return fc.oneof(
    ...oneOf.map((branch) =>
      record(
        branch.required,
        oneOf.flatMap((other) => (other === branch ? [] : other.required)),
      ),
    ),
  );
}

describe('what the API accepts', () => {
  const isValid = new Ajv2020({ strict: false }).compile(WORKSPACE_REQUEST);
  const PARTS = ['credentials', 'storage', 'network', 'managedServicesKey', 'storageKey'];
  const inSetup = (given: Readonly<Record<string, unknown>>) =>
    Object.fromEntries(
      Object.entries(given)
        .filter(([name]) => PARTS.includes(name))
        .map(([name, part]) => [name, 'id' in (part as object) ? { id: (part as { id: unknown }).id } : part]),
    );

  test('is accepted by the state machine, which takes every field as it was given', () => {
    fc.assert(
      fc.property(allowed(WORKSPACE_REQUEST) as fc.Arbitrary<Readonly<Record<string, unknown>>>, (body) => {
        // Tags and parts as JSON has them.
        const sent = JSON.parse(JSON.stringify(body)) as typeof body;
        expect([isValid(sent), isValid.errors]).toEqual([true, null]);
        const { dryRun, ...provision } = sent;
        const parsed = requestOf(provision);
        const { replacements, ...own } = Object.fromEntries(
          Object.entries(provision).filter(([name]) => !PARTS.includes(name)),
        );
        expect(parsed).toMatchObject({ ...own, setup: inSetup(provision) });
        expect(Object.keys(parsed.setup).toSorted()).toEqual(Object.keys(inSetup(provision)).toSorted());
        if (replacements === undefined) expect(parsed).not.toHaveProperty('replacements');
        else expect(parsed.replacements).toMatchObject(inSetup(replacements as typeof body));
        const { setup, replacements: instead, ...others } = parsed;
        const again = { ...others, ...setup, ...(instead !== undefined && { replacements: instead }) };
        expect(requestOf(again)).toEqual(parsed);
      }),
      { numRuns: 200 },
    );
  });
});

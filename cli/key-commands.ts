import type { ShownKeyConfiguration } from '../lambda/contract/api-answers.ts';
import { type KeyConfigurationBody, PATH_PARAMETERS } from '../lambda/contract/api-requests.ts';
import type { UseCase } from '../lambda/contract/bindings.ts';
import type { Command } from './command.ts';
import { EXIT } from './exit-code.ts';
import { facts, shortTime, table } from './table.ts';

const ID = { name: 'ID', schema: PATH_PARAMETERS.keyConfigurationId ?? {} };

export const KEY_COMMANDS: readonly Command[] = [
  {
    words: 'keys list',
    says: 'Every key configuration of the Databricks account',
    more: ['With the state of its KMS key, and the workspaces that use it.'],
    run: async ({ api, screen }) => {
      const { body } = await api.call('listKeyConfigurations');
      screen.document(body);
      screen.show(keyTable(body.keyConfigurations));
      return EXIT.allRight;
    },
  },
  {
    words: 'keys show',
    argument: ID,
    says: 'One key configuration',
    run: async ({ api, screen, given }) => {
      const { body } = await api.call('getKeyConfiguration', { path: { keyConfigurationId: given.argument } });
      screen.document(body);
      screen.show(keyFacts(body));
      return EXIT.allRight;
    },
  },
  {
    words: 'keys register',
    required: ['key', 'use-case'],
    optional: ['no-cluster-volumes'],
    says: 'Registers a KMS key with Databricks',
    more: ['Once: a key configuration that matches is shown instead of a second one.'],
    run: async ({ api, screen, given }) => {
      const request: KeyConfigurationBody = {
        key: given.text('key') ?? '',
        useCases: given.list('use-case') as readonly UseCase[],
        ...(given.flag('no-cluster-volumes') && { reuseKeyForClusterVolumes: false }),
      };
      const { status, body } = await api.call('createKeyConfiguration', { body: request });
      screen.document(body);
      screen.show([status === 201 ? 'Registered:' : 'Nothing to do, it is registered already:', ...keyFacts(body)]);
      return EXIT.allRight;
    },
  },
  {
    words: 'keys delete',
    argument: ID,
    says: 'Deletes a key configuration that no workspace uses',
    more: ['The KMS key itself is not touched.'],
    run: async ({ api, screen, given }) => {
      await api.call('deleteKeyConfiguration', { path: { keyConfigurationId: given.argument } });
      screen.document(null);
      screen.show([`Key configuration ${given.argument} is deleted. Its KMS key is not touched.`]);
      return EXIT.allRight;
    },
  },
];

function keyTable(keys: readonly ShownKeyConfiguration[]): readonly string[] {
  if (keys.length === 0) return ['No key configurations.'];
  return table(
    ['ID', 'KEY', 'USE CASES', 'STATE', 'LAST ROTATED', 'USED BY'],
    keys.map(({ id, keyArn, keyAlias, useCases, key, usedBy }) => [
      id,
      keyAlias ?? keyArn,
      useCases.join(','),
      key?.state ?? 'not visible',
      shortTime(key?.lastRotatedAt ?? null),
      usedBy.map(({ workspaceName }) => workspaceName).join(', '),
    ]),
  );
}

const keyFacts = (configuration: ShownKeyConfiguration): readonly string[] => {
  const { id, keyArn, keyAlias, useCases, reuseKeyForClusterVolumes, createdAt, usedBy, heldUntil, key } =
    configuration;
  return [
    id,
    ...facts([
      ['key', keyArn],
      ['alias', keyAlias ?? ''],
      ['state', key?.state ?? 'not visible to this stage'],
      ['last rotated', shortTime(key?.lastRotatedAt ?? null)],
      ['use cases', useCases.join(', ')],
      ['cluster volumes', reuseKeyForClusterVolumes ? 'encrypted too' : 'not encrypted with it'],
      ['created', shortTime(createdAt)],
      ['held', heldUntil === null ? 'no' : `until ${shortTime(heldUntil)}: a workspace left it`],
      ...usedBy.map(
        (one, index) =>
          [
            index === 0 ? 'used by' : '',
            `${one.workspaceName} (${one.workspaceId}) for ${one.for.join(', ')}`,
          ] as const,
      ),
      ...(usedBy.length === 0 ? [['used by', 'no workspace'] as const] : []),
    ]),
  ];
};

import { expect, test } from '@jest/globals';
import { IDS, startSecretWorld, CANARY as WORLD_CANARY } from './secret-world.ts';

/** Told apart from everything else, whole or in part, also in base64 and in JSON. */
const CANARY = 'c4n4ry-7f3a91';
const value = (index: number): string => `${CANARY}-value-${index}`;
const SHAPES = [CANARY, Buffer.from(CANARY).toString('base64').slice(0, 16), encodeURIComponent(`"${CANARY}`)];

test('no value is in a log, a state, an event, a table, a queue or a message, whatever happens on the way', async () => {
  const seen: string[] = [];
  const tell = (what: unknown): void => {
    seen.push(typeof what === 'string' ? what : JSON.stringify(what));
  };
  const world = await startSecretWorld({}, tell);
  try {
    const { control } = world.databricks;
    await world.create('app/text', value(0));
    await world.create('app/bytes', Buffer.from(value(1)));
    await world.create('app/bad name?'.replace(/[ ?]/g, '='), value(2));
    await world.create('app/denied', value(3));
    await world.create('teams/json', JSON.stringify({ good: value(4), 'bad name': value(5), [`${CANARY} !`]: '1' }), {
      'databricks:scope': 'team-a',
    });
    await world.create('teams/broken', `{"a": "${value(6)}`, { 'databricks:scope': 'team-a' });
    world.aws.secrets.deny('app/denied', 'DecryptionFailure');
    // A server that answers with what it was sent, in each form that errors come in.
    const echo = { method: 'POST', path: '/secrets/put', times: 1 } as const;
    control.addFault({ ...echo, kind: 'text-error', status: 400, code: 'INVALID_PARAMETER_VALUE', message: value(0) });
    control.addFault({ ...echo, kind: 'numeric-error', status: 500, message: value(1) });
    control.addFault({
      ...echo,
      ...{ kind: 'answer', status: 400, body: JSON.stringify({ error_code: value(0), message: value(0) }) },
      contentType: 'application/json',
    });
    control.addFault({ ...echo, kind: 'reset' });
    control.addFault({ ...echo, kind: 'token-dropped' });

    tell(await world.syncSecrets({}));
    control.clearFaults();
    tell(await world.syncSecrets({}));
    world.clock.advance(5_000);
    control.putSecret(IDS.one, 'app', 'text', `${CANARY} by hand`);
    tell(await world.syncSecrets({ dryRun: true }));
    await world.put('app/text', value(7));
    tell(await world.nextEnd());
    tell(await world.syncSecrets({ rewrite: true }));
    await world.aws.settled();
    for (const TableName of [world.outputs.StateTableName, world.outputs.EvidenceTableName]) {
      tell(await world.aws.callAws('dynamodb', 'Scan', { TableName }));
    }
    tell(world.aws.sns.published);
    tell(control.state());
  } finally {
    await world.close();
  }

  const all = seen.join('\n');
  expect(seen.length).toBeGreaterThan(200);
  expect(all).toContain('SecretUnreadable');
  expect(world.scope(IDS.two, 'app')).toMatchObject({ text: value(7), bytes: value(1) });
  for (const shape of SHAPES) expect(all).not.toContain(shape);
  expect(all).not.toContain(world.databricks.clientSecret);
});

test('the search that every flow of the secret sync ends with finds what it looks for', async () => {
  const world = await startSecretWorld();
  await world.create(`app/${WORLD_CANARY}`, 'a value');

  await world.synced();

  await expect(world.close()).rejects.toThrow('the value of a secret was in');
});

import { beforeEach, describe, expect, test } from '@jest/globals';
import { Stand, statuses } from './scope-stand.ts';
import { arnOf, secretBinding } from './secret-fakes.ts';

let stand: Stand;
beforeEach(() => {
  stand = new Stand();
});

describe('pruning', () => {
  const remove = (name: string) => stand.source.secrets.delete(name);

  test('deletes what we wrote when its secret is gone, and never a foreign key', async () => {
    stand.source.put('app/a', 'one');
    stand.source.put('app/b', 'two');
    await stand.sync();
    stand.scopes.edit('app', 'foreign', 'f');
    remove('app/a');
    expect(await statuses(stand.sync())).toEqual(['PRUNED a']);
    expect(stand.scopes.values('app')).toEqual({ b: 'two', foreign: 'f' });
  });

  test('is off where the binding says so', async () => {
    stand = new Stand(secretBinding({ prune: 'off' }));
    stand.source.put('app/a', 'one');
    await stand.sync();
    remove('app/a');
    expect(await statuses(stand.sync())).toEqual(['SKIPPED a']);
    expect(stand.scopes.values('app')).toEqual({ a: 'one' });
  });

  test('believes the secret and not the list', async () => {
    stand.source.freezeList();
    stand.source.put('app/a', 'one');
    await stand.sync({ secrets: [arnOf('app/a')] });
    expect(await statuses(stand.sync())).toEqual(['SKIPPED a']);
    stand.source.thawList();
    expect((await stand.sync()).result.counts).toMatchObject({ UNCHANGED: 1 });
  });

  test('leaves alone what AWS does not show to us', async () => {
    stand.source.put('app/a', 'one');
    await stand.sync();
    stand.source.hidden.add('app/a');
    expect(await statuses(stand.sync({ secrets: [arnOf('app/a')] }))).toEqual(['SKIPPED a']);
    expect(stand.scopes.values('app')).toEqual({ a: 'one' });
  });

  test('waits until a secret that is scheduled for deletion is gone', async () => {
    stand.source.put('app/a', 'one');
    await stand.sync();
    stand.source.change('app/a', (secret) => {
      secret.deletionScheduled = true;
    });
    stand.clock.pass(60 * 24 * 29);
    expect(await statuses(stand.sync())).toEqual(['SKIPPED a']);
    remove('app/a');
    expect(await statuses(stand.sync())).toEqual(['PRUNED a']);
  });

  test('waits for the grace of the binding, which ends when the secret is restored', async () => {
    stand = new Stand(secretBinding({ deletionGraceHours: 2 }));
    stand.source.put('app/a', 'one');
    await stand.sync();
    const schedule = (deletionScheduled: boolean) =>
      stand.source.change('app/a', (secret) => {
        secret.deletionScheduled = deletionScheduled;
      });
    schedule(true);
    expect(await statuses(stand.sync())).toEqual(['SKIPPED a']);
    stand.clock.pass(119);
    expect(await statuses(stand.sync())).toEqual(['SKIPPED a']);
    schedule(false);
    expect((await stand.sync()).result.counts).toMatchObject({ UNCHANGED: 1 });
    schedule(true);
    stand.clock.pass(200);
    expect(await statuses(stand.sync())).toEqual(['SKIPPED a']);
    stand.clock.pass(120);
    expect(await statuses(stand.sync())).toEqual(['PRUNED a']);
  });

  test.each([
    [3, 3, 'PRUNED'],
    [4, 3, 'FAILED'],
  ] as const)('of %i keys with a limit of %i ends %s for all of them', async (gone, pruneLimit, status) => {
    stand = new Stand(secretBinding({ pruneLimit }));
    for (let one = 0; one < 6; one += 1) stand.source.put(`app/${one}`, 'v');
    await stand.sync();
    for (let one = 0; one < gone; one += 1) remove(`app/${one}`);
    const { result } = await stand.sync();
    expect(result.secrets.map((secret) => secret.status)).toEqual(Array(gone).fill(status));
    expect(Object.keys(stand.scopes.values('app'))).toHaveLength(status === 'PRUNED' ? 6 - gone : 6);
    if (status === 'FAILED') await stand.sync({ confirmDeletes: gone });
    expect(Object.keys(stand.scopes.values('app'))).toHaveLength(6 - gone);
  });
});

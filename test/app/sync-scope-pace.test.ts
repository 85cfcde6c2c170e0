import { beforeEach, describe, expect, test } from '@jest/globals';
import { FAILURE } from '../../lambda/contract/failures.ts';
import { Stand } from './scope-stand.ts';

let stand: Stand;
beforeEach(() => {
  stand = new Stand();
});

describe('a server that is busy', () => {
  test('is asked more slowly and gets everything in the end', async () => {
    for (let one = 0; one < 200; one += 1) stand.source.put(`app/${one}`, 'v');
    stand.scopes.throttles = 120;
    stand.scopes.retryAfterMs = 3_000;
    const began = stand.clock.time;
    expect((await stand.sync()).result.counts).toMatchObject({ SYNCED: 200, FAILED: 0 });
    expect(stand.clock.time - began).toBeGreaterThan(3_000);
  });

  test('that takes longer than the step has is gone on with by its next run', async () => {
    for (let one = 0; one < 50; one += 1) stand.source.put(`app/${one}`, 'v');
    let reads = 0;
    stand.source.beforeRead = () => {
      reads += 1;
      if (reads === 2) stand.timeLeft = 10_000;
    };
    const first = await stand.sync();
    expect(first.done).toBe(false);
    stand.timeLeft = 500_000;
    const second = await stand.sync({ earlier: first.result });
    expect(second).toMatchObject({ done: true, result: { counts: { SYNCED: 50, UNCHANGED: 0 } } });
  });

  test('that takes nothing at all fails the step, so that the state machine waits', async () => {
    stand.source.put('app/a', 'one');
    stand.timeLeft = 10_000;
    await expect(stand.sync()).rejects.toMatchObject({ name: FAILURE.databricksThrottled });
  });
});

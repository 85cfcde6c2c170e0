import { beforeEach, describe, expect, test } from '@jest/globals';
import { type RegisterPorts, registerKey } from '../../lambda/app/register-key.ts';
import { FakeLeases, FakeRegistrations } from './fake-state.ts';
import { binding, FakeClock, FakeKeys, FakeRegistry, KEY_ARN, ROLLOUT } from './fakes.ts';

let clock: FakeClock;
let keys: FakeKeys;
let registry: FakeRegistry;
let leases: FakeLeases;
let ports: RegisterPorts;
const register = (rolloutId = ROLLOUT) => registerKey({ binding: binding(), rolloutId }, ports);
const rotate = (materialId: string): void => {
  keys.key = { ...keys.key, materialId };
  keys.history = [{ rotatedAt: new Date(clock.time).toISOString(), materialId }, ...keys.history];
};

beforeEach(() => {
  clock = new FakeClock();
  keys = new FakeKeys();
  registry = new FakeRegistry(clock.now);
  leases = new FakeLeases(clock.now);
  ports = {
    keys,
    registry,
    registrations: new FakeRegistrations(),
    leases,
    calls: () => 1,
    clock: clock.now,
  };
});

describe('registering a key', () => {
  test('creates once, then finds what it created', async () => {
    expect(await register()).toMatchObject({ keyConfigurationId: 'c1', created: true });
    expect(await register('another')).toMatchObject({ keyConfigurationId: 'c1', created: false });
    expect(leases.held.size).toBe(0);
  });

  test('each rotation makes exactly one new configuration, however often it is reported', async () => {
    await register();
    for (const material of ['m2', 'm3']) {
      clock.pass(60);
      rotate(material);
      for (let report = 0; report < 5; report += 1) {
        clock.pass(1);
        await register();
      }
    }
    expect(registry.configurations).toHaveLength(3);
  });

  test('a Databricks clock that runs behind does not make a second one', async () => {
    rotate('m2');
    clock.pass(-1);
    await register();
    clock.pass(5);
    expect(await register()).toMatchObject({ created: false });
  });

  test('an answer that was lost is looked up, not repeated', async () => {
    registry.loseNextAnswer = true;
    expect(await register()).toMatchObject({ keyConfigurationId: 'c1' });
    expect(registry.configurations).toHaveLength(1);
  });

  test('an answer that was lost, and could not be looked up at once, is found by the next try whatever the clocks say', async () => {
    await register();
    rotate('m2');
    clock.pass(-5);
    registry.loseNextAnswer = true;
    registry.loseNextList = true;
    await expect(register()).rejects.toMatchObject({ name: 'DatabricksUnavailable' });
    clock.pass(6);
    expect(await register()).toMatchObject({ keyConfigurationId: 'c2', created: true });
    expect(await register()).toMatchObject({ keyConfigurationId: 'c2', created: false });
    expect(registry.configurations).toHaveLength(2);
  });

  test('what was registered for the material before does not serve the next, although Databricks clock is ahead', async () => {
    clock.pass(5);
    await register();
    clock.pass(-4);
    rotate('m2');
    expect(await register()).toMatchObject({ keyConfigurationId: 'c2', created: true });
  });

  test('where Databricks keeps one configuration for an ARN, that one serves', async () => {
    await register();
    clock.pass(60);
    rotate('m2');
    registry.refuseDuplicates = true;
    expect(await register()).toMatchObject({ keyConfigurationId: 'c1' });
  });

  test('while another rollout registers the key, this one is told to wait', async () => {
    await leases.take(`key-registration/${KEY_ARN}`, 'another', clock.time + 60_000);
    await expect(register()).rejects.toMatchObject({ name: 'RegistrationInProgress' });
    clock.pass(3);
    expect(await register()).toMatchObject({ created: true });
  });
});

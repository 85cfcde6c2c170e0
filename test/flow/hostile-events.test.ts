import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { BusEvent } from '../../local/aws/service.ts';
import { IDS, type SecretWorld, startSecretWorld } from './secret-world.ts';

/** Stands in everything hostile below; no line of a log and no message may begin with it. */
const FORGED = '{"level":"INFO","message":"forged"}';

let world: SecretWorld;
let secretArn: string;
/** The functions that events come to. */
let doors: readonly string[];
const logs: string[] = [];
beforeAll(async () => {
  world = await startSecretWorld({}, (what) => {
    if (typeof what === 'string') logs.push(what);
  });
  world.aws.secrets.hasTrail = false;
  secretArn = await world.create('app/db', 'right');
  await world.synced();
  const targets = await Promise.all(
    world.aws.bus.rules().map(({ name }) => world.aws.bus.handle('ListTargetsByRule', { Rule: name })),
  );
  const arns = targets.flatMap((answer) => (answer as Targets).Targets.map(({ Arn }) => Arn));
  doors = [...new Set(arns)].filter((arn) => arn.includes(':function:'));
});
interface Targets {
  readonly Targets: readonly { readonly Arn: string }[];
}
afterAll(() => world.close());

const sample = (name: string): BusEvent =>
  JSON.parse(
    readFileSync(join(import.meta.dirname, '..', 'samples', 'aws-events', `${name}.json`), 'utf8'),
  ) as BusEvent;
const detailOf = (event: BusEvent) => event.detail as Record<string, unknown>;

/** Real events, but about the key and the secret of this stage: each would start something. */
const real = (): readonly BusEvent[] => {
  const at = { time: new Date(world.clock.now()).toISOString() };
  const rotation = { ...sample('kms.cmk-rotation.automatic'), ...at, resources: [world.keyArn], detail: {} };
  const watched = sample('kms.cloudtrail.DisableKey');
  const label = { ...sample('secretsmanager.secret-label-updated.awscurrent'), ...at, resources: [secretArn] };
  const updated = sample('secretsmanager.cloudtrail.UpdateSecret.value');
  return [
    rotation,
    { ...watched, ...at, detail: { ...detailOf(watched), resources: [{ ARN: world.keyArn }] } },
    label,
    {
      ...{ ...updated, ...at },
      detail: {
        ...detailOf(updated),
        responseElements: { arn: secretArn },
        requestParameters: { secretId: secretArn },
      },
    },
  ];
};

/** The same everywhere in an event. */
const replaced = (event: BusEvent, from: string, to: string): BusEvent =>
  JSON.parse(JSON.stringify(event).replaceAll(from, to)) as BusEvent;

const FORGERIES: readonly (readonly [string, (event: BusEvent) => BusEvent])[] = [
  ['of another account', (event) => ({ ...event, account: '999999999999' })],
  ['of another Region', (event) => ({ ...event, region: 'eu-west-1' })],
  ['of everything in another account', (event) => replaced(event, '111122223333', '999999999999')],
  ['of everything in another Region', (event) => replaced(event, 'us-west-2', 'eu-west-1')],
  [
    'of things in another account',
    (event) => ({ ...replaced(event, '111122223333', '999999999999'), account: '111122223333' }),
  ],
  ['of things in another Region', (event) => ({ ...replaced(event, 'us-west-2', 'eu-west-1'), region: 'us-west-2' })],
  ['of things in China', (event) => replaced(event, 'arn:aws:', 'arn:aws-cn:')],
  ['of things in GovCloud', (event) => replaced(event, 'arn:aws:', 'arn:aws-us-gov:')],
  [
    'of a key and a secret that nobody bound',
    (event) => replaced(replaced(event, world.keyArn, `${world.keyArn.slice(0, -4)}ffff`), 'app/db', 'finance/db'),
  ],
  [
    'of names with a line feed',
    (event) =>
      replaced(
        replaced(event, world.keyArn, `${world.keyArn}\\n${FORGED.replaceAll('"', '\\"')}`),
        secretArn,
        `${secretArn}\\nx`,
      ),
  ],
  ['of names that climb', (event) => replaced(replaced(event, ':key/', ':key/../'), ':secret:app', ':secret:app/../*')],
  ['from a source of its own', (event) => ({ ...event, source: 'my.app' })],
  [
    'with facts of the wrong kind',
    (event) => ({ ...event, detail: [event.detail], resources: { 0: world.keyArn } }) as unknown as BusEvent,
  ],
  ['very large and empty', (event) => ({ ...event, resources: [], detail: { eventName: 'x'.repeat(200_000) } })],
];

/** All that could have been started, written or told. */
const footprint = async (): Promise<unknown> => {
  const { KeyRolloutStateMachineArn, SecretSyncStateMachineArn } = world.outputs;
  const executions = [KeyRolloutStateMachineArn, SecretSyncStateMachineArn].map((stateMachineArn) =>
    world.stepFunctions.handle('ListExecutions', { stateMachineArn }),
  );
  const requests = world.databricks.control.requests().filter(({ method }) => method !== 'GET');
  return {
    executions: await Promise.all(executions),
    writes: requests.map(({ method, path }) => `${method} ${path}`).filter((one) => !one.includes('/oidc/')),
    told: world.aws.sns.published,
  };
};
const changesNothing = async (act: () => Promise<void>): Promise<void> => {
  const before = await footprint();
  await act();
  await world.aws.settled();
  expect(await footprint()).toEqual(before);
};

const invoke = (arn: string, payload: unknown) =>
  world.aws.invokeLambda(arn, payload) as Promise<{
    readonly payload?: Readonly<Record<string, unknown>>;
    readonly error?: unknown;
  }>;

describe('an event', () => {
  test('can be sent by nobody in the account in the name of AWS', async () => {
    const { Entries } = (await world.aws.callAws('eventbridge', 'PutEvents', {
      Entries: real().map(({ source, detail, ...event }) => ({
        ...{ Source: source, DetailType: event['detail-type'], Detail: JSON.stringify(detail) },
      })),
    })) as { readonly Entries: readonly { readonly ErrorCode?: string }[] };
    expect(Entries.map(({ ErrorCode }) => ErrorCode)).toEqual(real().map(() => 'NotAuthorizedForSourceException'));
  });

  test.each(FORGERIES)('%s starts nothing: neither on the bus nor at a front door', async (_what, forge) => {
    expect(doors).toHaveLength(4);
    await changesNothing(async () => {
      for (const event of real().map(forge)) {
        world.aws.bus.accept(event);
        for (const arn of doors) {
          const { payload, error } = await invoke(arn, event);
          expect(error).toBeUndefined();
          expect(payload).toMatchObject({ ignored: expect.stringMatching(/\w/) });
        }
      }
    });
  });

  test.each([
    ['nothing', null],
    ['a text', FORGED],
    ['a list', [FORGED]],
    [
      'members of the prototype',
      { __proto__: null, constructor: { trigger: { kind: 'schedule' } }, trigger: ['schedule'] },
    ],
    ['lists in lists', nested(2_000)],
    ['ids of other things', { bindingId: `x\n${FORGED}`, scope: `\n${FORGED}`, workspaceId: '../1' }],
  ])('that is %s is ignored by every front door', async (_what, event) => {
    await changesNothing(async () => {
      for (const arn of doors) expect((await invoke(arn, event)).payload).toHaveProperty('ignored');
    });
  });

  test('that is real has of its id and time no more than their form in names, records and messages', async () => {
    const [, , label] = real();
    world.forgetEnds();
    world.aws.bus.accept({ ...label, id: `x\n${FORGED}`, time: `\n${FORGED}` } as BusEvent);

    const ended = await world.nextEndOf(world.outputs.SecretSyncStateMachineArn);

    expect(ended.status).toBe('SUCCEEDED');
    expect(ended.executionArn).toMatch(/:app_db-[0-9a-f]{8}-unknown$/);
    expect(JSON.stringify(ended)).not.toContain('forged');
  });
});

describe('a dead letter that somebody altered', () => {
  test('is judged like any other event', async () => {
    const name = world.outputs.KeyEventDeadLetterQueueUrl?.split('/').at(-1);
    const [rotation] = real();
    const altered = [
      { ...rotation, account: '999999999999' },
      { version: '1.0', requestPayload: { ...rotation, resources: [`${world.keyArn}\n`] }, responsePayload: FORGED },
      { requestPayload: FORGED, trigger: `x\n${FORGED}` },
    ];
    for (const letter of altered) {
      world.aws.sqs.send(`arn:aws:sqs:us-west-2:111122223333:${name}`, JSON.stringify(letter), {});
    }
    await changesNothing(async () => {
      const { status, output } = await world.replayDeadLetters({ queue: 'key-rollout' });
      expect({ status, output }).toMatchObject({ status: 'SUCCEEDED', output: { replayed: 3, refused: [] } });
    });
  });
});

describe('whoever starts a rollout by hand', () => {
  test.each([
    ['a binding of many lines', { bindingId: `x\n${FORGED}` }, 'BindingUnknown'],
    ['a binding of the prototype', { bindingId: '__proto__' }, 'BindingUnknown'],
    ['two targets', { bindingId: 'managed', restart: { workspaceIds: [IDS.one] } }, 'InputInvalid'],
    ['a workspace that climbs', { restart: { workspaceIds: ['../1001'] } }, 'InputInvalid'],
    [
      'a setting of its own',
      { change: { workspaceId: IDS.one, settings: { workspaceName: 'x' }, compute: 'leave-running' } },
      'InputInvalid',
    ],
    [
      'a key of another account',
      {
        keyFor: {
          ...{ key: 'arn:aws:kms:us-west-2:999999999999:key/1', workspaceIds: [IDS.one], useCases: ['STORAGE'] },
          ...{ reuseKeyForClusterVolumes: true, compute: 'leave-running' },
        },
      },
      expect.stringMatching(/^Key|^InputInvalid$/),
    ],
    ['a trigger of many lines', { bindingId: 'managed', trigger: { kind: `x\n${FORGED}` } }, 'InputInvalid'],
    [
      'a trigger that is more than that',
      { bindingId: 'managed', trigger: { kind: 'request', note: 'x' } },
      'InputInvalid',
    ],
  ])('is refused with %s, and nothing is written', async (_what, input, error) => {
    const writes = () =>
      world.databricks.control.requests().filter(({ method }) => !['GET', 'POST'].includes(method)).length;
    const before = writes();

    const ended = await world.rollOut(input);

    expect(ended).toMatchObject({ status: 'FAILED', error });
    expect(ended.cause?.split('\n')).not.toContain(FORGED);
    expect(writes()).toBe(before);
  });
});

test('the events that all this was made from are let in, each by one front door', async () => {
  world.forgetEnds();
  for (const event of real()) {
    const answers = await Promise.all(doors.map((arn) => invoke(arn, event)));
    expect(answers.map(({ error }) => error)).toEqual(doors.map(() => undefined));
    expect(answers.filter(({ payload = {} }) => !('ignored' in payload))).toHaveLength(1);
  }
  expect((await world.nextEndOf(world.outputs.KeyRolloutStateMachineArn)).status).toBe('SUCCEEDED');
});

test('nothing of all that begins a line of a log or of a message', () => {
  const lines = [...logs, ...world.aws.sns.published.map(({ message }) => message)].join('\n').split('\n');
  expect(lines.length).toBeGreaterThan(50);
  expect(lines.filter((line) => line.trimStart().startsWith(FORGED))).toEqual([]);
  expect(lines.filter((line) => line.includes('"bindingId":"x') || line.length > 20_000)).toEqual([]);
});

function nested(depth: number): unknown {
  let value: unknown = [];
  for (let level = 1; level < depth; level += 1) value = [value];
  return value;
}

import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from '@jest/globals';
import example from '../../config/example.ts';
import type { SecretBindingConfig } from '../../lib/config/stage-config.ts';
import { compilePattern } from '../../local/aws/event-pattern.ts';
import { type StageTemplate, templateOfStage } from '../lib/stage-template.ts';

const SAMPLES = join(import.meta.dirname, '..', 'samples', 'aws-events');
const BOUND_KEY = 'arn:aws:kms:us-west-2:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab';

const SECRET = 'arn:aws:secretsmanager:us-west-2:111122223333:secret:';
const prefixes = (count: number): readonly string[] => Array.from({ length: count }, (_, index) => `team-${index}/`);

const folder = mkdtempSync(join(tmpdir(), 'template-'));
afterAll(() => rmSync(folder, { recursive: true }));

const template = templateOfStage(join(folder, 'example'));
const byArnOnly = templateOfStage(join(folder, 'arn'), {
  ...example,
  keyBindings: { one: { key: BOUND_KEY, useCases: ['STORAGE'], workspaces: 'using-key' } },
  secretBindings: {},
});
/** A stage that selects secrets in this way only. */
const bySecret = (name: string, secrets: SecretBindingConfig['secrets']): StageTemplate =>
  templateOfStage(join(folder, name), {
    ...example,
    secretBindings: { one: { secrets, workspaces: 'all', scopes: ['one'] } },
  });

/** The samples that a rule lets through. */
const matching = (from: StageTemplate, rule: string, capability = 'KeyRollout'): readonly string[] => {
  const matches = compilePattern(
    from.one(`Automation${capability}Events${rule}`, 'AWS::Events::Rule').properties.EventPattern,
  );
  return readdirSync(SAMPLES)
    .filter((file) => file !== 'index.json' && matches(JSON.parse(readFileSync(join(SAMPLES, file), 'utf8'))))
    .toSorted();
};

describe('the rules', () => {
  test('with an alias binding, every rotation of a key arrives: the key behind an alias is not known at synth', () => {
    expect(matching(template, 'MaterialRotation')).toEqual([
      'kms.cmk-rotation.automatic.json',
      'kms.cmk-rotation.external-on-demand.json',
      'kms.cmk-rotation.legacy-2022.json',
      'kms.cmk-rotation.multi-region.json',
      'kms.cmk-rotation.on-demand.json',
      'kms.cmk-rotation.replayed.json',
    ]);
  });

  test('with key ARNs only, rotations of other keys stay away', () => {
    const other = 'kms.cmk-rotation.multi-region.json';

    expect(matching(byArnOnly, 'MaterialRotation')).not.toContain(other);
    expect(matching(byArnOnly, 'MaterialRotation')).toContain('kms.cmk-rotation.automatic.json');
    expect(byArnOnly.ofType('AWS::Events::Rule').filter(({ id }) => id.includes('KeyRollout'))).toHaveLength(1);
  });

  test('a moved alias arrives if it is bound and the call succeeded', () => {
    expect(matching(template, 'AliasMoved')).toEqual(['kms.cloudtrail.UpdateAlias.json']);
  });

  test('what may endanger a key arrives at the key watch, whatever key it is', () => {
    for (const stage of [template, byArnOnly]) {
      expect(matching(stage, 'KeyLost', 'KeyWatch')).toEqual([
        'kms.cmk-deletion.json',
        'kms.imported-key-material-expiration.json',
      ]);
      expect(matching(stage, 'KeyChanged', 'KeyWatch')).toEqual([
        'kms.cloudtrail.CancelKeyDeletion.json',
        'kms.cloudtrail.DisableKey.json',
        'kms.cloudtrail.PutKeyPolicy.json',
        'kms.cloudtrail.ScheduleKeyDeletion.json',
        'kms.cloudtrail.ScheduleKeyDeletion.multi-region.json',
      ]);
    }
  });

  test('a new current value of a secret arrives, and no other label', () => {
    expect(matching(template, 'ValueChanged', 'SecretSync')).toEqual([
      'secretsmanager.secret-label-updated.awscurrent.json',
    ]);
  });

  test.each<[string, SecretBindingConfig['secrets'], number]>([
    ['a prefix of its name', { include: [{ namePrefix: 'prod/databricks/' }] }, 1],
    ['another prefix', { include: [{ namePrefix: 'dev/' }] }, 0],
    ['its ARN', { include: [{ arn: `${SECRET}prod/databricks/jdbc-password-a1b2c3` }] }, 1],
    [
      'the ARN of a secret whose name only begins alike',
      { include: [{ arn: `${SECRET}prod/databricks/jdbc-a1b2c3` }] },
      0,
    ],
    ['a tag, which is not in the event', { include: [{ tag: { key: 'a', value: 'b' } }, { namePrefix: 'dev/' }] }, 1],
    ['tags under its prefix', { taggedUnder: ['prod/'] }, 1],
    ['tags under another prefix', { taggedUnder: ['dev/'] }, 0],
    ['more prefixes than a pattern holds', { taggedUnder: prefixes(200) }, 1],
  ])('with only %s selected, its new value arrives or stays away', (name, secrets, arrives) => {
    const stage = bySecret(name, secrets);

    expect(matching(stage, 'ValueChanged', 'SecretSync')).toHaveLength(arrives);
    for (const { properties } of stage.ofType('AWS::Events::Rule'))
      expect(JSON.stringify(properties.EventPattern).length).toBeLessThan(2_048);
  });

  test('what CloudTrail tells of a secret arrives if the sync has something to do with it', () => {
    expect(matching(template, 'SecretChanged', 'SecretSync')).toEqual([
      'secretsmanager.cloudtrail.CreateSecret.json',
      'secretsmanager.cloudtrail.DeleteSecret.force.json',
      'secretsmanager.cloudtrail.DeleteSecret.json',
      'secretsmanager.cloudtrail.RestoreSecret.json',
      'secretsmanager.cloudtrail.RotationSucceeded.json',
      'secretsmanager.cloudtrail.RotationSucceeded.serviceEventDetails.json',
      'secretsmanager.cloudtrail.TagResource.json',
      'secretsmanager.cloudtrail.UpdateSecret.metadata.json',
      'secretsmanager.cloudtrail.UpdateSecret.value.json',
    ]);
  });

  test('a call that failed stays away', () => {
    const { EventPattern } = template.one('AutomationSecretSyncEventsSecretChanged', 'AWS::Events::Rule').properties;
    const event = JSON.parse(readFileSync(join(SAMPLES, 'secretsmanager.cloudtrail.TagResource.json'), 'utf8'));

    const matches = compilePattern(EventPattern);

    expect(matches({ ...event, detail: { ...event.detail, eventName: 'UntagResource' } })).toBe(true);
    expect(matches({ ...event, detail: { ...event.detail, errorCode: 'AccessDenied' } })).toBe(false);
  });

  const CAPABILITIES = ['KeyRollout', 'KeyWatch', 'ComputeCare', 'SecretSync'] as const;

  test.each(CAPABILITIES)('every target of %s has its dead-letter queue and keeps trying for a day', (capability) => {
    const queue = template.one(`Automation${capability}EventsDeadLetters`, 'AWS::SQS::Queue').id;
    const targets = template
      .ofType('AWS::Events::Rule')
      .filter(({ id }) => id.startsWith(`Automation${capability}`))
      .flatMap(({ properties }) => properties.Targets as readonly unknown[]);

    expect(targets).toHaveLength(capability === 'ComputeCare' ? 1 : 2);
    for (const target of targets)
      expect(target).toMatchObject({
        DeadLetterConfig: { Arn: { 'Fn::GetAtt': [queue, 'Arn'] } },
        RetryPolicy: { MaximumEventAgeInSeconds: 86_400, MaximumRetryAttempts: 185 },
      });
  });

  test.each(CAPABILITIES)(
    'what the front door of %s could not handle goes to the same queue, encrypted, for 14 days',
    (capability) => {
      const queue = template.one(`Automation${capability}EventsDeadLetters`, 'AWS::SQS::Queue');
      const { properties } = template.one(`Automation${capability}FrontDoor`, 'AWS::Lambda::EventInvokeConfig');

      expect(properties).toMatchObject({
        DestinationConfig: { OnFailure: { Destination: { 'Fn::GetAtt': [queue.id, 'Arn'] } } },
        MaximumRetryAttempts: 2,
      });
      expect(queue.properties).toMatchObject({ SqsManagedSseEnabled: true, MessageRetentionPeriod: 14 * 86_400 });
    },
  );
});

describe('a rollout that ended badly', () => {
  const { id: machine } = template.one('AutomationKeyRolloutMachine', 'AWS::StepFunctions::StateMachine');
  const pattern = template.one('AutomationComputeCareEventsEndedBadly', 'AWS::Events::Rule').properties
    .EventPattern as { readonly detail: { readonly stateMachineArn: readonly unknown[] } };
  const sample = JSON.parse(readFileSync(join(SAMPLES, 'states.execution-status-change.failed.json'), 'utf8'));
  const { stateMachineArn } = sample.detail;
  const matches = compilePattern({ ...pattern, detail: { ...pattern.detail, stateMachineArn: [stateMachineArn] } });

  test('is one of this machine', () => {
    expect(pattern.detail.stateMachineArn).toEqual([{ Ref: machine }]);
  });

  test.each([
    ['FAILED', true],
    ['ABORTED', true],
    ['TIMED_OUT', true],
    ['SUCCEEDED', false],
    ['RUNNING', false],
  ])('is told of when it is %s: %p', (status, arrives) => {
    expect(matches({ ...sample, detail: { ...sample.detail, status } })).toBe(arrives);
  });

  test('is not one of its map, which owns no lease', () => {
    expect(matches({ ...sample, detail: { ...sample.detail, stateMachineArn: `${stateMachineArn}/Workspace` } })).toBe(
      false,
    );
  });
});

describe('the archive of events', () => {
  test('is not there unless a stage asks for it', () => {
    expect(template.ofType('AWS::Events::Archive')).toEqual([]);
    expect(template.outputs).not.toContain('EventArchiveName');
  });

  test('keeps what the rules let through, for as long as the stage says', () => {
    const stage = templateOfStage(join(folder, 'archive'), { ...example, events: { archiveDays: 30 } });
    const { properties } = stage.one('AutomationEventArchive', 'AWS::Events::Archive');
    const rules = stage.ofType('AWS::Events::Rule').map((rule) => rule.properties.EventPattern);

    expect(properties).toMatchObject({
      RetentionDays: 30,
      SourceArn: 'arn:aws:events:us-west-2:111122223333:event-bus/default',
    });
    expect((properties.EventPattern as { readonly $or: readonly unknown[] }).$or).toEqual(
      expect.arrayContaining(rules),
    );
    expect((properties.EventPattern as { readonly $or: readonly unknown[] }).$or).toHaveLength(rules.length);
    expect(stage.outputs).toContain('EventArchiveName');
    const deployed = JSON.stringify(properties.EventPattern).replace(/\{"Ref":("\w+")\}/g, '$1');
    const matchesArchive = compilePattern(JSON.parse(deployed));
    for (const rule of ['MaterialRotation', 'AliasMoved'])
      for (const file of matching(stage, rule))
        expect(matchesArchive(JSON.parse(readFileSync(join(SAMPLES, file), 'utf8')))).toBe(true);
  });
});

describe('the schedules', () => {
  const scheduleOf = (stage: StageTemplate, capability: string) =>
    stage
      .ofType('AWS::Scheduler::Schedule')
      .flatMap(({ id, properties }) => (id.includes(capability) ? [properties] : []));

  /** Scheduler puts the time in which it was due there, so that the same firing delivered twice is known. */
  const FIRING = '{"trigger":{"kind":"schedule","time":"<aws.scheduler.scheduled-time>"}}';

  test('start a sync of everything every 30 minutes, and a start that failed is not lost', () => {
    const queue = template.one('AutomationSecretSyncEventsDeadLetters', 'AWS::SQS::Queue').id;
    const machine = template.one('AutomationSecretSyncMachine', 'AWS::StepFunctions::StateMachine').id;

    expect(scheduleOf(template, 'SecretSync')).toMatchObject([
      {
        ScheduleExpression: 'rate(30 minutes)',
        State: 'ENABLED',
        Target: {
          Arn: { Ref: machine },
          Input: '{"trigger":{"kind":"schedule"}}',
          DeadLetterConfig: { Arn: { 'Fn::GetAtt': [queue, 'Arn'] } },
          RetryPolicy: { MaximumEventAgeInSeconds: 1_800 },
        },
      },
    ]);
  });

  test('look at every key every hour, in the same way', () => {
    const queue = template.one('AutomationKeyWatchEventsDeadLetters', 'AWS::SQS::Queue').id;
    const watch = template.one('AutomationKeyWatchFrontDoor', 'AWS::Lambda::Function').id;

    expect(scheduleOf(template, 'KeyWatch')).toMatchObject([
      {
        ScheduleExpression: 'rate(1 hour)',
        State: 'ENABLED',
        Target: {
          Arn: { 'Fn::GetAtt': [watch, 'Arn'] },
          Input: FIRING,
          DeadLetterConfig: { Arn: { 'Fn::GetAtt': [queue, 'Arn'] } },
          RetryPolicy: { MaximumEventAgeInSeconds: 3_600 },
        },
      },
    ]);
    const often = templateOfStage(join(folder, 'watch-often'), { ...example, keyWatch: { scheduleMinutes: 15 } });
    expect(scheduleOf(often, 'KeyWatch')).toMatchObject([{ ScheduleExpression: 'rate(15 minutes)' }]);
  });

  test.each([
    ['KeyRollout', 'rate(1 day)', 86_400],
    ['ComputeCare', 'rate(15 minutes)', 900],
  ])('send the front door of %s a firing: %s', (capability, expression, seconds) => {
    const queue = template.one(`Automation${capability}EventsDeadLetters`, 'AWS::SQS::Queue').id;
    const frontDoor = template.one(`Automation${capability}FrontDoor`, 'AWS::Lambda::Function').id;

    expect(scheduleOf(template, capability)).toMatchObject([
      {
        ScheduleExpression: expression,
        State: 'ENABLED',
        Target: {
          Arn: { 'Fn::GetAtt': [frontDoor, 'Arn'] },
          Input: FIRING,
          DeadLetterConfig: { Arn: { 'Fn::GetAtt': [queue, 'Arn'] } },
          RetryPolicy: { MaximumEventAgeInSeconds: seconds },
        },
      },
    ]);
  });

  test.each([
    [1, ['rate(1 hour)']],
    [168, ['rate(7 days)']],
    ['off', []],
  ] as const)('look at every key binding every %p hours: %j', (everyHours, expressions) => {
    const stage = templateOfStage(join(folder, `hours-${everyHours}`), {
      ...example,
      keyReconciliation: { everyHours },
    });

    const found = scheduleOf(stage, 'KeyRollout').map(({ ScheduleExpression }) => ScheduleExpression);

    expect(found).toEqual(expressions);
  });

  test.each([
    [5, ['rate(5 minutes)']],
    [60, ['rate(1 hour)']],
    [1_440, ['rate(1 day)']],
    ['off', []],
  ] as const)('every %p minutes is %j', (everyMinutes, expressions) => {
    const stage = templateOfStage(join(folder, `every-${everyMinutes}`), { ...example, secretSync: { everyMinutes } });

    const found = scheduleOf(stage, 'SecretSync').map(({ ScheduleExpression }) => ScheduleExpression);

    expect(found).toEqual(expressions);
  });
});

describe('the alarms', () => {
  const alarms = template.ofType('AWS::CloudWatch::Alarm');

  test('wake people for failed, aborted and timed-out operations and for lost events, with the place in the runbook', () => {
    const told = Object.fromEntries(
      alarms.map(({ id, properties }) => [
        /^AutomationAlarms(\w+)[0-9A-F]{8}$/.exec(id)?.[1] ?? id,
        /docs\/runbook\.md#(\S+)$/.exec(String(properties.AlarmDescription))?.[1],
      ]),
    );

    expect(told).toEqual({
      ProvisioningFailed: 'workspace-provisioning-failed',
      ProvisioningTimedOut: 'workspace-provisioning-failed',
      KeyRolloutFailed: 'key-rollout-failed',
      KeyRolloutAborted: 'compute-left-stopped',
      KeyRolloutTimedOut: 'compute-left-stopped',
      KeyEventLost: 'key-event-lost',
      KeyEventForgotten: 'key-event-lost',
      KeyWatchFailed: 'key-watch-failed',
      KeyWatchEventLost: 'key-watch-failed',
      KeyWatchEventForgotten: 'key-watch-failed',
      ComputeCareFailed: 'compute-care-failed',
      ComputeCareEventLost: 'compute-care-failed',
      ComputeCareEventForgotten: 'compute-care-failed',
      SecretSyncFailed: 'secret-sync-failed',
      SecretSyncAborted: 'secret-sync-failed',
      SecretSyncTimedOut: 'secret-sync-failed',
      SecretEventLost: 'secret-event-lost',
      SecretEventForgotten: 'secret-event-lost',
    });
  });

  test('tell the topic, at the first sign', () => {
    for (const { properties } of alarms)
      expect(properties).toMatchObject({
        // Three days of the fourteen after which SQS deletes a letter.
        Threshold: properties.MetricName === 'ApproximateAgeOfOldestMessage' ? 3 * 86_400 : 1,
        EvaluationPeriods: 1,
        AlarmActions: [{ Ref: expect.any(String) }],
      });
  });

  test('tell of every dead-letter queue by its depth and by the age of its letters', () => {
    const watched = (metric: string) =>
      alarms
        .filter(({ properties }) => properties.MetricName === metric)
        .map(({ properties }) => JSON.stringify(properties.Dimensions))
        .toSorted();

    expect(watched('ApproximateNumberOfMessagesVisible')).toHaveLength(template.ofType('AWS::SQS::Queue').length);
    expect(watched('ApproximateAgeOfOldestMessage')).toEqual(watched('ApproximateNumberOfMessagesVisible'));
  });

  test.each(['SecretSync', 'KeyWatch', 'ComputeCare'])(
    'a %s that keeps failing with every schedule is one alarm',
    (capability) => {
      const { properties } = template.one(`AutomationAlarms${capability}Failed`, 'AWS::CloudWatch::Alarm');
      expect(properties.Period).toBe(3_600);
    },
  );
});

describe('what the stack keeps', () => {
  test('both tables can be restored to a point in time, are guarded from deletion, and no one disables encryption', () => {
    const tables = template.ofType('AWS::DynamoDB::GlobalTable');

    expect(tables).toHaveLength(2);
    for (const { properties } of tables) {
      expect(properties.Replicas).toMatchObject([
        { PointInTimeRecoverySpecification: { PointInTimeRecoveryEnabled: true }, DeletionProtectionEnabled: true },
      ]);
      // DynamoDB always encrypts; false means under a key that AWS owns, true under one that could be lost.
      expect(properties).toMatchObject({ SSESpecification: { SSEEnabled: false }, BillingMode: 'PAY_PER_REQUEST' });
    }
  });

  test('only the table of evidence never forgets', () => {
    const forgetful = template
      .ofType('AWS::DynamoDB::GlobalTable')
      .filter(({ properties }) => properties.TimeToLiveSpecification !== undefined);

    expect(forgetful.map(({ id }) => id)).toEqual([expect.stringMatching(/^AutomationTablesState/)]);
    expect(forgetful[0]?.properties.TimeToLiveSpecification).toEqual({ AttributeName: 'expiresAt', Enabled: true });
  });

  test('every log group forgets after the configured 90 days', () => {
    const groups = template.ofType('AWS::Logs::LogGroup');

    expect(groups).toHaveLength(32);
    for (const { properties } of groups) expect(properties.RetentionInDays).toBe(90);
  });
});

describe('the functions', () => {
  test('run on arm64 and nodejs24.x, are traced, and log JSON into a group of their own', () => {
    const functions = template.ofType('AWS::Lambda::Function');
    const groups = functions.map(({ properties }) => JSON.stringify(properties.LoggingConfig));

    expect(functions).toHaveLength(27);
    for (const { properties } of functions)
      expect(properties).toMatchObject({
        Architectures: ['arm64'],
        Runtime: 'nodejs24.x',
        TracingConfig: { Mode: 'Active' },
        LoggingConfig: { LogFormat: 'JSON', LogGroup: { Ref: expect.any(String) } },
      });
    expect(new Set(groups).size).toBe(functions.length);
  });

  test('may run for less time than the machine waits for them', () => {
    for (const { properties } of template.ofType('AWS::Lambda::Function'))
      expect(Number(properties.Timeout)).toBeLessThan(600);
  });

  test('the machines are traced, and their logs hold no execution data', () => {
    const machines = template.ofType('AWS::StepFunctions::StateMachine');

    expect(machines).toHaveLength(4);
    for (const { properties } of machines)
      expect(properties).toMatchObject({
        TracingConfiguration: { Enabled: true },
        LoggingConfiguration: { Level: 'ALL', IncludeExecutionData: false },
      });
  });
});

describe('secrets', () => {
  const text = JSON.stringify(template.resources);

  test('no dynamic reference copies a secret into the template', () => {
    expect(text).not.toMatch(/\{\{resolve:/);
  });

  test('no property holds what looks like a credential', () => {
    expect(text).not.toMatch(
      /AKIA[0-9A-Z]{16}|ASIA[0-9A-Z]{16}|\bdapi[0-9a-f]{32}|\bdose[0-9a-f]{32}|BEGIN [A-Z ]*PRIVATE KEY/,
    );
    expect(text).not.toMatch(/client_?secret|password|bearer /i);
  });

  test('functions are told only where the credentials are, by the name of the secret', () => {
    const told = new Set(
      template
        .ofType('AWS::Lambda::Function')
        .flatMap(({ properties }) => {
          const { Variables } = (properties.Environment ?? {}) as {
            readonly Variables?: Readonly<Record<string, unknown>>;
          };
          return Object.entries(Variables ?? {}).filter(([, value]) => typeof value === 'string');
        })
        .map(([name, value]) => `${name}=${value}`),
    );

    expect([...told]).toEqual([`DATABRICKS_CREDENTIAL_SECRET_ID=${example.databricks.credentialSecret}`]);
  });
});

import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from '@jest/globals';
import example from '../../config/example.ts';
import { compilePattern } from '../../local/aws/event-pattern.ts';
import { type StageTemplate, templateOfStage } from '../lib/stage-template.ts';

const SAMPLES = join(import.meta.dirname, '..', 'samples', 'aws-events');
const BOUND_KEY = 'arn:aws:kms:us-west-2:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab';

const folder = mkdtempSync(join(tmpdir(), 'template-'));
afterAll(() => rmSync(folder, { recursive: true }));

const template = templateOfStage(join(folder, 'example'));
const byArnOnly = templateOfStage(join(folder, 'arn'), {
  ...example,
  keyBindings: { one: { key: BOUND_KEY, useCases: ['STORAGE'], workspaces: 'using-key' } },
});

/** The samples that a rule lets through. */
const matching = (from: StageTemplate, rule: string): readonly string[] => {
  const matches = compilePattern(
    from.one(`AutomationKeyRolloutEvents${rule}`, 'AWS::Events::Rule').properties.EventPattern,
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
    expect(byArnOnly.ofType('AWS::Events::Rule')).toHaveLength(1);
  });

  test('a moved alias arrives if it is bound and the call succeeded', () => {
    expect(matching(template, 'AliasMoved')).toEqual(['kms.cloudtrail.UpdateAlias.json']);
  });

  test('every target has the dead-letter queue and keeps trying for a day', () => {
    const queue = template.one('AutomationKeyRolloutEventsDeadLetters', 'AWS::SQS::Queue').id;
    const targets = template
      .ofType('AWS::Events::Rule')
      .flatMap(({ properties }) => properties.Targets as readonly unknown[]);

    expect(targets).toHaveLength(2);
    for (const target of targets)
      expect(target).toMatchObject({
        DeadLetterConfig: { Arn: { 'Fn::GetAtt': [queue, 'Arn'] } },
        RetryPolicy: { MaximumEventAgeInSeconds: 86_400, MaximumRetryAttempts: 185 },
      });
  });

  test('what the front door could not handle goes to the same queue, which is encrypted and keeps it for 14 days', () => {
    const queue = template.one('AutomationKeyRolloutEventsDeadLetters', 'AWS::SQS::Queue');

    expect(template.ofType('AWS::Lambda::EventInvokeConfig').map(({ properties }) => properties)).toMatchObject([
      {
        DestinationConfig: { OnFailure: { Destination: { 'Fn::GetAtt': [queue.id, 'Arn'] } } },
        MaximumRetryAttempts: 2,
      },
    ]);
    expect(queue.properties).toMatchObject({ SqsManagedSseEnabled: true, MessageRetentionPeriod: 14 * 86_400 });
  });
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

    expect(groups).toHaveLength(11);
    for (const { properties } of groups) expect(properties.RetentionInDays).toBe(90);
  });
});

describe('the functions', () => {
  test('run on arm64 and nodejs24.x, are traced, and log JSON into a group of their own', () => {
    const functions = template.ofType('AWS::Lambda::Function');
    const groups = functions.map(({ properties }) => JSON.stringify(properties.LoggingConfig));

    expect(functions).toHaveLength(10);
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

  test('the machine is traced, and its log holds no execution data', () => {
    const [machine] = template.ofType('AWS::StepFunctions::StateMachine');

    expect(machine?.properties).toMatchObject({
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

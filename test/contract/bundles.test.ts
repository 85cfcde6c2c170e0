import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import example from '../../config/example.ts';
import { BINDINGS_FILE, ENV } from '../../lambda/contract/environment.ts';
import { checkConfig } from '../../lib/config/check-config.ts';
import { type BundledFunction, loadBundle, type SynthesizedApp, synthesizeApp } from './synthesized-app.ts';

const CALL_DATABRICKS = [
  ...['CheckKey', 'Patch', 'Plan', 'Register', 'RestartCompute', 'StopCompute'].map((name) => `KeyRollout${name}`),
  ...['KeyWatchFrontDoor', 'ComputeCareFrontDoor'],
  ...['Plan', 'SyncScope'].map((name) => `SecretSync${name}`),
  ...['Check', 'Create', 'Ensure', 'Plan', 'Remove', 'Repair'].map((name) => `WorkspaceProvisioning${name}`),
  ...['Keys', 'Meta', 'Workspaces'].map((name) => `Api${name}`),
];
const NEVER_CALL_DATABRICKS = [
  ...['FrontDoor', 'ReleaseLease', 'Summarize', 'TakeLease'].map((name) => `KeyRollout${name}`),
  ...['FrontDoor', 'Summarize'].map((name) => `SecretSync${name}`),
  'WorkspaceProvisioningSummarize',
  'ApiOperations',
];

/** Codes of undici's errors, which survive minification. */
const UNDICI = 'UND_ERR_';

const folder = mkdtempSync(join(tmpdir(), 'bundles-'));
afterAll(() => rmSync(folder, { recursive: true }));

let app: SynthesizedApp;
beforeAll(async () => {
  app = await synthesizeApp(folder);
});

const named = (name: string): BundledFunction => {
  const found = app.functions.find((each) => each.name === name);
  if (found === undefined) throw new Error(`the template has no function ${name}`);
  return found;
};
const hasUndici = ({ dir }: BundledFunction): boolean => readFileSync(join(dir, 'index.mjs'), 'utf8').includes(UNDICI);
const SETTINGS = new Set<string>(Object.values(ENV));
const values = (names: readonly string[]): Readonly<Record<string, string>> =>
  Object.fromEntries(names.map((name) => [name, 'arn:aws:states:us-west-2:111122223333:stateMachine:any']));

describe('synth of the example stage', () => {
  test('finds nothing that cdk-nag or the CDK objects to', () => {
    expect(app.report.pluginReports.map(({ pluginName }) => pluginName)).toContain('AwsSolutions');
    for (const { pluginName, conclusion, violations } of app.report.pluginReports)
      expect({ pluginName, conclusion, violations }).toEqual({ pluginName, conclusion: 'success', violations: [] });
    expect(app.said).not.toMatch(/\[(Warning|Error)\b|^(WARNING|ERROR) /m);
  });

  test('gives a reason for each finding that it acknowledges, and acknowledges only these rules', () => {
    const acknowledged = app.report.pluginReports.flatMap(({ suppressedViolations }) => suppressedViolations ?? []);

    const rules = new Set(acknowledged.map(({ ruleName }) => ruleName.replace(/\[.*/s, '')));
    expect([...rules].toSorted()).toEqual(
      [...['APIG2', 'APIG3', 'APIG6', 'COG4'], ...['IAM4', 'IAM5', 'SQS3']].map((rule) => `AwsSolutions-${rule}`),
    );
    for (const { reason } of acknowledged) expect(reason.split(' ').length).toBeGreaterThan(5);
  });

  test('makes these functions and no others', () => {
    expect(app.functions.map(({ name }) => name).toSorted()).toEqual(
      [...CALL_DATABRICKS, ...NEVER_CALL_DATABRICKS].toSorted(),
    );
  });
});

describe.each([...CALL_DATABRICKS, ...NEVER_CALL_DATABRICKS])('the bundle of %s', (name) => {
  test('loads in a fresh process, exports its handler, and reads exactly the settings that the template gives it', async () => {
    const given = Object.keys(named(name).environment);

    const loaded = await loadBundle(named(name).dir, values(given));

    expect(loaded).toMatchObject({ handler: 'function' });
    const read = 'read' in loaded ? loaded.read.filter((each) => SETTINGS.has(each)) : [];
    expect(read.toSorted()).toEqual(given.toSorted());
  });

  test('refuses to load without its settings, naming what it misses', async () => {
    const given = Object.keys(named(name).environment);

    const loaded = await loadBundle(named(name).dir, {});

    expect(loaded).toHaveProperty('error', expect.stringContaining('SettingsInvalid'));
    expect(given.some((each) => JSON.stringify(loaded).includes(each))).toBe(true);
  });

  test('has the checked bindings beside it', () => {
    const beside: unknown = JSON.parse(readFileSync(join(named(name).dir, BINDINGS_FILE), 'utf8'));

    expect(beside).toEqual(checkConfig(example, 'config/example.ts').bindings);
  });
});

describe('what bundles weigh', () => {
  test.each(CALL_DATABRICKS)('%s contains undici and stays below 1400 kB', (name) => {
    expect(hasUndici(named(name))).toBe(true);
    expect(named(name).bytes).toBeLessThan(1_400_000);
  });

  test.each(NEVER_CALL_DATABRICKS)('%s contains no undici and stays below 570 kB', (name) => {
    expect(hasUndici(named(name))).toBe(false);
    expect(named(name).bytes).toBeLessThan(570_000);
  });
});

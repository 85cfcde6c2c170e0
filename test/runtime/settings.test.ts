import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { homeOf } from '../../lambda/runtime/home.ts';
import { readBindings, readSettings } from '../../lambda/runtime/settings.ts';
import { parseCheckKey, parseRolloutRequest, parseWorkspaceStep } from '../../lambda/runtime/step-input.ts';

describe('settings', () => {
  test('every missing variable is named at once', () => {
    expect(() => readSettings({}, ['stateTable', 'credentialSecret'])).toThrow(
      'STATE_TABLE_NAME, DATABRICKS_CREDENTIAL_SECRET_ID',
    );
  });

  test('nothing runs where certificates would not be checked', () => {
    expect(() => readSettings({ NODE_TLS_REJECT_UNAUTHORIZED: '0', STATE_TABLE_NAME: 't' }, ['stateTable'])).toThrow(
      'found NODE_TLS_REJECT_UNAUTHORIZED=0, wanted certificates to be checked',
    );
    expect(readSettings({ NODE_TLS_REJECT_UNAUTHORIZED: '1', STATE_TABLE_NAME: 't' }, ['stateTable'])).toEqual({
      stateTable: 't',
    });
  });

  test('bindings are read from the folder of the code', () => {
    const folder = mkdtempSync(join(tmpdir(), 'task-root-'));
    expect(() => readBindings({ LAMBDA_TASK_ROOT: folder })).toThrow('bindings.json: cannot be read');
    writeFileSync(join(folder, 'bindings.json'), '{"keyBindings":[]}');
    expect(readBindings({ LAMBDA_TASK_ROOT: folder })).toEqual({ keyBindings: [] });
  });

  test('home is where the state machine is', () => {
    expect(homeOf('arn:aws-us-gov:states:us-gov-west-1:111122223333:stateMachine:x')).toEqual({
      partition: 'aws-us-gov',
      region: 'us-gov-west-1',
      account: '111122223333',
    });
  });
});

describe('step input', () => {
  const step = {
    subject: 'binding/prod',
    rolloutId: 'r',
    workspaceId: '9007199254740993',
    workspaceName: 'w',
    deploymentName: 'd',
    fields: ['managedServicesKeyId'],
    keyConfigurationId: null,
    needsRest: false,
    redeploys: false,
    settings: { networkId: 'n1' },
    treatment: { compute: 'stop-and-restart', maintenanceWindow: null },
  };

  test('what the machine passes is taken as it is', () => {
    expect(parseWorkspaceStep(step)).toEqual(step);
    expect(parseRolloutRequest({ bindingId: 'prod' })).toEqual({ bindingId: 'prod' });
  });

  test.each([
    [{ ...step, workspaceId: '../1' }, 'input.workspaceId: found "../1", wanted the digits of a workspace id'],
    [{ ...step, workspaceId: 1 }, 'input.workspaceId: found 1, wanted text'],
    [
      { ...step, fields: ['root'] },
      'input.fields[0]: found "root", wanted one of managedServicesKeyId, storageKeyId, credentialsId, networkId, storageConfigurationId',
    ],
    [{ ...step, fields: 'storage' }, 'input.fields: found "storage", wanted a list'],
    [null, 'input: found null, wanted an object'],
  ])('%j is refused', (input, message) => {
    expect(() => parseWorkspaceStep(input)).toThrow(message);
  });

  test('counts are whole numbers', () => {
    expect(() => parseCheckKey({ ...step, patchedAt: 'x', stableReads: -1 })).toThrow(
      'input.stableReads: found -1, wanted a whole number',
    );
  });
});

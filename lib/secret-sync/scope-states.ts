import { Duration } from 'aws-cdk-lib';
import { Choice, Condition, type IChainable, JitterType, Pass } from 'aws-cdk-lib/aws-stepfunctions';
import type { Construct } from 'constructs';
import { FAILURE } from '../../lambda/contract/failures.ts';
import { FAILED } from '../state-machines/failed.ts';
import { RETRY_BRIEFLY, type StepRetry, step } from '../state-machines/step.ts';
import type { SyncFunctions } from './sync-functions.ts';

const ITEM = '{% $states.input %}';

/** Two syncs may want the same scope: 60 tries, 2 s growing by half to 30 s, about 28 minutes, half of it with jitter. */
const RETRY_SCOPE_BUSY: StepRetry = {
  errors: [FAILURE.scopeBusy],
  interval: Duration.seconds(2),
  maxAttempts: 60,
  backoffRate: 1.5,
  maxDelay: Duration.seconds(30),
  jitterStrategy: JitterType.FULL,
};

/** A ScopeResult of a scope in which nothing was done. */
const NOTHING_DONE = `{
  'workspaceId': $states.input.workspaceId,
  'workspaceName': $states.input.workspaceName,
  'scope': $states.input.scope,
  'bindingIds': [$states.input.bindingIds],
  'counts': {'SYNCED': 0, 'UNCHANGED': 0, 'SKIPPED': 0, 'FAILED': 0, 'DRIFTED': 0, 'PRUNED': 0},
  'rewritten': 0,
  'secrets': [],
  'access': {'granted': [], 'removed': [], 'others': [], 'failures': []},
  'created': false,
  'calls': 0
}`.replace(/\s+/g, ' ');

/**
 * What happens to one scope. The step is run again as long as it ran out of time, and goes on where it stopped. Whatever
 * fails is caught here; the result says what it was, on top of what earlier runs did. Messages are cut so that those of
 * many scopes fit into one state.
 */
export function scopeStates(scope: Construct, functions: SyncFunctions): IChainable {
  const begin = Pass.jsonata(scope, 'Begin', { assign: { earlier: null } });
  const sync = step(scope, 'Sync scope', {
    fn: functions.syncScope,
    payload: "{% $merge([$states.input, {'owner': $states.context.Execution.Id, 'earlier': $earlier}]) %}",
    assign: { earlier: '{% $states.result.Payload.result %}', done: '{% $states.result.Payload.done %}' },
    outputs: ITEM,
    retries: [RETRY_SCOPE_BUSY, ...RETRY_BRIEFLY],
  });
  const failed = Pass.jsonata(scope, 'Scope failed', {
    outputs: `{% $merge([$earlier = null ? ${NOTHING_DONE} : $earlier, {'failure': {'name': $failure.name, 'message': $substring($failure.message, 0, 500)}}]) %}`,
  });
  sync.addCatch(failed, { errors: ['States.ALL'], assign: { failure: FAILED }, outputs: ITEM });
  sync.next(
    Choice.jsonata(scope, 'Is the scope done?')
      .when(Condition.jsonata('{% $done %}'), Pass.jsonata(scope, 'Result', { outputs: '{% $earlier %}' }))
      .otherwise(sync),
  );
  return begin.next(sync);
}

import { type WatchOutcome, type WatchPorts, watchKeys } from '../../lambda/app/watch-keys.ts';
import type { KeyBinding } from '../../lambda/contract/bindings.ts';
import { type HeldKey, holdFrom } from '../../lambda/domain/key-hold.ts';
import { binding, bindings, FakeClock, FakeKeys, FakeRegistry, FakeWorkspaces, KEY_ARN, workspace } from './fakes.ts';
import { FakeCare, FakeHeldKeys, FakeNews, FakeToldNews } from './key-watch-fakes.ts';
import { FakeRewrites, secretBinding } from './secret-fakes.ts';

export const HOME = { partition: 'aws', account: '111122223333', region: 'us-west-2' };
export const SCHEDULE = { trigger: { kind: 'schedule' } };
/** The key that is bound now; the fakes' key is the one before. */
export const NEW_ARN = KEY_ARN.replace('1234abcd', '99999999');

const CONFIGURATION = {
  useCases: ['MANAGED_SERVICES', 'STORAGE'],
  reuseKeyForClusterVolumes: false,
  createdAt: 0,
} as const;

/** A key watch among fakes: workspace 1 uses the key behind `alias/prod` and nobody the one before. */
export class KeyWatchStand {
  readonly clock = new FakeClock();
  readonly keys = new FakeKeys();
  readonly registry = new FakeRegistry(this.clock.now);
  readonly workspaces = new FakeWorkspaces(workspace('1', { managedServicesKeyId: 'new' }));
  readonly heldKeys = new FakeHeldKeys();
  readonly told = new FakeToldNews(this.clock.now);
  readonly news = new FakeNews();
  readonly care = new FakeCare(this.keys);
  readonly rewrites = new FakeRewrites();
  readonly credentials: WatchPorts['credentials'] = {
    roleArn: async (id) => `arn:aws:iam::111122223333:role/${id}`,
  };
  /** Milliseconds that were waited for KMS. */
  waited = 0;

  constructor() {
    for (const name of ['alias/prod', NEW_ARN]) this.keys.aliases.set(name, { ...this.keys.key, arn: NEW_ARN });
    this.registry.configurations = [
      { ...CONFIGURATION, id: 'old', keyArn: KEY_ARN },
      { ...CONFIGURATION, id: 'new', keyArn: NEW_ARN },
    ];
  }

  watch(input: unknown, change: Partial<KeyBinding> = {}): Promise<WatchOutcome> {
    return watchKeys(input, {
      ...this,
      home: HOME,
      bindings: { ...bindings(binding({ key: 'alias/prod', ...change })), secretBindings: [secretBinding()] },
      clock: this.clock.now,
      calls: () => 2,
      pause: async (ms) => {
        this.waited += ms;
        this.clock.time += ms;
      },
    });
  }

  /** Workspace 1 left the key a moment ago. */
  hold(change: Partial<HeldKey> = {}): Promise<void> {
    return this.heldKeys.begin({
      ...{ workspaceId: '1', workspaceName: 'ws-1', configurationId: 'old', keyArn: KEY_ARN },
      ...{ subject: 'binding/prod', left: true },
      ...holdFrom(this.clock.time),
      ...change,
    });
  }

  /** What was told since the last time this was asked, in brief. */
  types(): readonly string[] {
    return this.news.take().map(({ type, detail: { danger } }) => (danger === undefined ? type : `${type}: ${danger}`));
  }
}

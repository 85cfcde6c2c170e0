import type { ScenarioName } from '../console/options.ts';
import type { AccountSeed } from '../databricks/seed.ts';
import { DEMO_WORKSPACES, demoAccount, emptyAccount } from './account.ts';
import type { Play } from './play.ts';
import { ProvisioningShow } from './provisioning-show.ts';
import { Show } from './show.ts';
import { DEMO_BINDINGS, PROVISIONING_BINDINGS, type StageBindings } from './stage.ts';

interface Scenario {
  readonly bindings: StageBindings;
  readonly account: (keyArn: string, now: number) => AccountSeed;
  readonly places: Play['places'];
  /** True if every act ended as it should. */
  readonly show: (play: Play) => Promise<boolean>;
}

export const SCENARIOS: Readonly<Record<ScenarioName, Scenario>> = {
  rollout: {
    bindings: DEMO_BINDINGS,
    account: demoAccount,
    places: () => ({ analytics: DEMO_WORKSPACES.slice(0, 2), teams: DEMO_WORKSPACES.slice(0, 1) }),
    show: (play) => new Show(play).all(),
  },
  provisioning: {
    bindings: PROVISIONING_BINDINGS,
    account: emptyAccount,
    places: ({ databricks }) => {
      const all = databricks.control.state().workspaces.filter(({ status }) => status === 'RUNNING');
      const ids = all.map(({ id }) => id);
      return { analytics: ids, teams: ids };
    },
    show: (play) => new ProvisioningShow(play).all(),
  },
};

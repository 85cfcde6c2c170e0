import { type LocalAccount, type LocalAccountSettings, startLocalAccount } from '../../../local/aws/local-account.ts';
import type { BusEvent } from '../../../local/aws/service.ts';
import { LocalClock } from '../../../local/clock.ts';

/** A local account on a port of its own, and every event that came to its bus. */
export const startAccount = async (
  settings: Partial<LocalAccountSettings> = {},
): Promise<LocalAccount & { readonly events: BusEvent[] }> => {
  const events: BusEvent[] = [];
  const account = await startLocalAccount({
    account: '111122223333',
    region: 'us-west-2',
    port: 0,
    clock: new LocalClock(),
    onEvent: (event) => events.push(event),
    ...settings,
  });
  return { ...account, events };
};

/** What every AWS SDK client is made with to talk to a local account. */
export const clientFor = ({ endpoint }: LocalAccount) => ({
  endpoint: endpoint.url,
  region: 'us-west-2',
  credentials: { accessKeyId: 'local', secretAccessKey: 'local' },
  maxAttempts: 1,
});

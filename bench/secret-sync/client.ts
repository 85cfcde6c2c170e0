import { TokenCache } from '../../lambda/databricks/token-cache.ts';
import { workspaceTokenUrl } from '../../lambda/databricks/token-request.ts';
import { createAgent, createTransport, type Transport, type WireRequest } from '../../lambda/databricks/transport.ts';
import { Sensitive } from '../../lambda/domain/sensitive.ts';
import type { LocalClock } from '../../local/clock.ts';
import { NumberedSecrets, type NumberedSecretsOptions } from './numbered-secrets.ts';

export type WireOutcome = Awaited<ReturnType<Transport>>;

/** Where a workspace answers, and as whom to sign in. */
export interface Address {
  readonly baseUrl: string;
  readonly clientId: string;
  readonly clientSecret: string;
}

export interface ClientOptions {
  readonly secrets: NumberedSecretsOptions;
  /** Milliseconds of a round trip to Databricks. */
  readonly latencyMs: number;
  /** Milliseconds of a round trip to AWS. */
  readonly awsMs: number;
}

/** The side of the wire on which a sync runs. */
export interface Client {
  readonly secrets: NumberedSecrets;
  readonly baseUrl: string;
  readonly clientId: string;
  readonly token: Sensitive<string>;
  /** Keeps connections alive; each request takes a round trip to Databricks. */
  readonly transport: Transport;
  readonly now: () => number;
  readonly wait: (ms: number) => Promise<void>;
  /** Takes as long as a round trip to AWS. */
  readonly aws: () => Promise<void>;
  close(): Promise<void>;
}

/**
 * Signs in. Waits (round trips, pauses, rates) pass at once on `clock`; what is computed and sent over real sockets takes
 * its real time, on top. `onAnswer` is told of every answer in the moment the server gives it.
 */
export async function connect(
  address: Address,
  { secrets, latencyMs, awsMs }: ClientOptions,
  clock: LocalClock,
  onAnswer: (request: WireRequest, outcome: WireOutcome) => void,
): Promise<Client> {
  const agent = createAgent();
  const direct = createTransport({ dispatcher: agent, version: 'bench' });
  const wait = async (ms: number): Promise<void> => {
    const actor = clock.enter();
    await actor.sleepUntil(clock.now() + ms).finally(() => actor.leave());
  };
  const aws = (): Promise<void> => wait(awsMs);
  const transport: Transport = async (request) => {
    const actor = clock.enter();
    try {
      await actor.sleepUntil(clock.now() + latencyMs / 2);
      const outcome = await direct(request);
      onAnswer(request, outcome);
      await actor.sleepUntil(clock.now() + latencyMs / 2);
      return outcome;
    } finally {
      actor.leave();
    }
  };
  const { baseUrl, clientId } = address;
  return {
    ...{ baseUrl, clientId, transport, wait, aws },
    secrets: new NumberedSecrets(secrets, aws),
    token: await tokenFor(address, direct),
    now: clock.now,
    close: () => agent.destroy(),
  };
}

async function tokenFor(address: Address, transport: Transport): Promise<Sensitive<string>> {
  const cache = new TokenCache({ transport, sleep: async () => undefined, now: Date.now, random: Math.random });
  const credentials = { clientId: address.clientId, clientSecret: new Sensitive(address.clientSecret) };
  return cache.source(workspaceTokenUrl(address.baseUrl), async () => credentials).get({});
}

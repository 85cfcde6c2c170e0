import { EventBridgeClient } from '@aws-sdk/client-eventbridge';
import { KMSClient } from '@aws-sdk/client-kms';
import { SNSClient } from '@aws-sdk/client-sns';
import type { HeldKeys, KeyCare, NewsDesk, ToldNews } from '../app/key-watch-ports.ts';
import type { Clock, KeySource } from '../app/ports.ts';
import type { RewritesOwed } from '../app/secret-ports.ts';
import { DynamoHeldKeys } from '../aws/dynamo-held-keys.ts';
import { DynamoRewritesOwed } from '../aws/dynamo-rewrites-owed.ts';
import { DynamoToldNews } from '../aws/dynamo-told-news.ts';
import { KmsKeyCare } from '../aws/kms-key-care.ts';
import { SnsEventBridgeNews } from '../aws/sns-event-bridge-news.ts';
import type { BindingsFile } from '../contract/bindings.ts';
import type { Home } from '../domain/event.ts';
import { homeOf } from './home.ts';
import { keySource } from './key-source.ts';
import { pause } from './pause.ts';
import { type Environment, readBindings, readSettings } from './settings.ts';
import { sharedState } from './shared-state.ts';

export interface KeyWatchPorts {
  readonly bindings: BindingsFile;
  readonly home: Home;
  readonly keys: KeySource;
  readonly care: KeyCare;
  readonly heldKeys: HeldKeys;
  readonly rewrites: Pick<RewritesOwed, 'owed'>;
  readonly told: ToldNews;
  readonly news: NewsDesk;
  readonly clock: Clock;
  readonly pause: (ms: number) => Promise<void>;
}

/** What the key watch needs beside Databricks. Fails with SettingsInvalid. */
export function keyWatchPorts(environment: Environment): KeyWatchPorts {
  const { notificationTopic } = readSettings(environment, ['notificationTopic']);
  const { table, clock } = sharedState(environment);
  return {
    bindings: readBindings(environment),
    home: homeOf(notificationTopic),
    keys: keySource(),
    care: new KmsKeyCare(new KMSClient({})),
    heldKeys: new DynamoHeldKeys(table),
    rewrites: new DynamoRewritesOwed(table),
    told: new DynamoToldNews(table, clock),
    news: new SnsEventBridgeNews(new SNSClient({}), new EventBridgeClient({}), notificationTopic),
    clock,
    pause,
  };
}

/** Where this deployment runs; events from elsewhere are ignored. */
export interface Home {
  readonly partition: string;
  readonly account: string;
  readonly region: string;
}

export interface EventOrigin {
  readonly id: string;
  /** ISO 8601. */
  readonly time: string;
}

export interface Ignored {
  readonly kind: 'ignored';
  readonly reason: string;
}

type Json = Readonly<Record<string, unknown>>;

/** An event in EventBridge's envelope, as far as it could be read. */
export interface Envelope {
  readonly detailType: string;
  readonly origin: EventOrigin;
  readonly resources: readonly unknown[];
  readonly detail: Json;
}

export const ignored = (reason: string): Ignored => ({ kind: 'ignored', reason });

/** The object, or an empty one for anything else. */
export const object = (value: unknown): Json =>
  typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Json) : {};

/** The list, or an empty one for anything else. */
export const list = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : []);

/** Non-empty text, or undefined. */
export const text = (value: unknown): string | undefined =>
  typeof value === 'string' && value !== '' ? value : undefined;

/** Opens an event of one AWS service in the deployment's own account and Region; never throws. */
export function openEvent(
  event: unknown,
  { source, service, home }: { readonly source: string; readonly service: string; readonly home: Home },
): ({ readonly kind: 'event' } & Envelope) | Ignored {
  const envelope = object(event);
  if (text(envelope.source) !== source) return ignored(`not an event of ${service}`);
  if (envelope.account !== home.account) return ignored('event of another AWS account');
  if (envelope.region !== home.region) return ignored('event of another Region');
  return {
    kind: 'event',
    detailType: text(envelope['detail-type']) ?? 'no detail-type',
    origin: { id: text(envelope.id) ?? 'unknown', time: text(envelope.time) ?? '' },
    resources: list(envelope.resources),
    detail: object(envelope.detail),
  };
}

/** Where this deployment runs; events from elsewhere are ignored. */
export interface Home {
  readonly partition: string;
  readonly account: string;
  readonly region: string;
}

/** Both go into names, messages and records, so they are what EventBridge makes of them or not there. */
export interface EventOrigin {
  /** `unknown` where there is none. */
  readonly id: string;
  /** ISO 8601; empty where there is none. */
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

const ID = /^[\w-]{1,64}$/;
const TIME = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d{1,9})?Z$/;

const formed = (value: unknown, form: RegExp): string | undefined => {
  const given = text(value);
  return given !== undefined && form.test(given) ? given : undefined;
};

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
    origin: { id: formed(envelope.id, ID) ?? 'unknown', time: formed(envelope.time, TIME) ?? '' },
    resources: list(envelope.resources),
    detail: object(envelope.detail),
  };
}

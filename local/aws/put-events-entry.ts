import { isRecord, type Request } from './actions.ts';
import { eventTime } from './cloud-trail.ts';

/** What PutEvents answers for an entry that it does not take. */
export interface EntryFault {
  readonly ErrorCode: string;
  readonly ErrorMessage: string;
}

const FIELDS = new Set(['Source', 'DetailType', 'Detail', 'Resources', 'Time', 'EventBusName', 'TraceHeader']);

/** An event may have 256 KiB (PutEvents in the API reference). */
const MOST_BYTES = 256 * 1024;

const missing = (name: string): EntryFault => ({
  ErrorCode: 'InvalidArgument',
  ErrorMessage: `Parameter ${name} is not valid. Reason: ${name} is a required argument.`,
});

/** The reason why an entry cannot become an event; undefined when it can. */
export const entryFault = (entry: Request): EntryFault | undefined => {
  const strange = Object.keys(entry).filter((field) => !FIELDS.has(field));
  if (strange.length > 0) return refused(`the local run does not know ${strange.join(', ')}`);
  const absent = ['Source', 'DetailType', 'Detail'].find(
    (name) => typeof entry[name] !== 'string' || entry[name] === '',
  );
  if (absent !== undefined) return missing(absent);
  if (String(entry.Source).startsWith('aws.')) {
    return { ErrorCode: 'NotAuthorizedForSourceException', ErrorMessage: 'Not authorized for the source.' };
  }
  const bus = String(entry.EventBusName ?? 'default');
  if (bus !== 'default' && !bus.endsWith(':event-bus/default')) return refused(`there is no event bus ${bus}`);
  if (Buffer.byteLength(JSON.stringify(entry)) > MOST_BYTES)
    return refused(`an entry holds at most ${MOST_BYTES} bytes`);
  return isJsonObject(String(entry.Detail))
    ? undefined
    : { ErrorCode: 'MalformedDetail', ErrorMessage: 'Detail is malformed.' };
};

const refused = (message: string): EntryFault => ({ ErrorCode: 'InvalidArgument', ErrorMessage: message });

const isJsonObject = (json: string): boolean => {
  try {
    return isRecord(JSON.parse(json));
  } catch {
    return false;
  }
};

/** The event's time: what the entry says, in seconds since the epoch or as text, or else `now` in milliseconds. */
export const entryTime = (entry: Request, now: number): string => {
  const told = typeof entry.Time === 'number' ? entry.Time * 1_000 : Date.parse(String(entry.Time));
  return eventTime(Number.isNaN(told) ? now : told);
};

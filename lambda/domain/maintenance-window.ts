import type { MaintenanceWindow, Weekday } from '../contract/bindings.ts';

const DAYS: readonly Weekday[] = ['SUN', 'MON', 'TUE', 'WED', 'THU', 'FRI', 'SAT'];
const MINUTE = 60_000;
const DAY = 24 * 60 * MINUTE;

/**
 * When the window is next open, milliseconds since the epoch: `now` itself while it is open. Times are wall-clock times of
 * the window's zone, so a window keeps its hour when clocks change; one that starts in the hour that spring skips opens
 * an hour later.
 */
export function nextOpening(window: MaintenanceWindow, now: number): number {
  const local = localFields(now, window.timeZone);
  for (let dayOffset = -1; dayOffset <= 7; dayOffset += 1) {
    const day = new Date(Date.UTC(local.year, local.month - 1, local.day + dayOffset));
    if (!window.days.includes(DAYS[day.getUTCDay()] ?? 'SUN')) continue;
    const [hour = 0, minute = 0] = window.start.split(':').map(Number);
    const opens = instant(day.getTime() + (hour * 60 + minute) * MINUTE, window.timeZone);
    if (now < opens) return opens;
    if (now < opens + window.durationMinutes * MINUTE) return now;
  }
  throw new RangeError(`maintenance window ${window.days.join(',')} ${window.start} never opens`);
}

interface LocalFields {
  readonly year: number;
  readonly month: number;
  readonly day: number;
  readonly asUtc: number;
}

function localFields(at: number, timeZone: string): LocalFields {
  const parts = new Intl.DateTimeFormat('en-US', {
    timeZone,
    hourCycle: 'h23',
    year: 'numeric',
    month: 'numeric',
    day: 'numeric',
    hour: 'numeric',
    minute: 'numeric',
    second: 'numeric',
  }).formatToParts(at);
  const field = (type: string): number => Number(parts.find((part) => part.type === type)?.value);
  const [year, month, day] = [field('year'), field('month'), field('day')];
  return { year, month, day, asUtc: Date.UTC(year, month - 1, day, field('hour'), field('minute'), field('second')) };
}

/** The instant at which the zone's clocks show `wallClock` (written as if it were UTC). */
function instant(wallClock: number, timeZone: string): number {
  const offsetAt = (at: number): number => localFields(at, timeZone).asUtc - Math.floor(at / 1000) * 1000;
  const guess = wallClock - offsetAt(wallClock - DAY / 24);
  return wallClock - offsetAt(guess);
}

/** Input of a front door from its schedule; whatever else arrives there is read as an event. */
export interface ScheduledRequest {
  readonly trigger: {
    readonly kind: 'schedule';
    /** ISO 8601: when it was due, so that the same firing delivered twice is known. Now, where nobody says. */
    readonly time?: string;
  };
}

import { Stack } from 'aws-cdk-lib';
import { CfnArchive } from 'aws-cdk-lib/aws-events';
import { Construct } from 'constructs';
import type { EventRules } from './event-intake.ts';

/** Keeps the events that the rules let through, so that those of a bad day can be replayed. */
export class EventArchive extends Construct {
  readonly archiveName: string;

  constructor(scope: Construct, id: string, props: { readonly days: number; readonly rules: readonly EventRules[] }) {
    super(scope, id);
    const patterns = props.rules.flatMap((rules) => Object.values(rules).map(({ eventPattern }) => eventPattern));
    const archive = new CfnArchive(this, 'Archive', {
      description: `Events of this stack's rules, for ${props.days} days`,
      sourceArn: Stack.of(this).formatArn({ service: 'events', resource: 'event-bus', resourceName: 'default' }),
      eventPattern: { $or: patterns.map(({ detailType, ...rest }) => ({ ...rest, 'detail-type': detailType })) },
      retentionDays: props.days,
    });
    this.archiveName = archive.ref;
  }
}

import { RemovalPolicy } from 'aws-cdk-lib';
import { AttributeType, Billing, TableEncryptionV2, TableV2 } from 'aws-cdk-lib/aws-dynamodb';
import { Construct } from 'constructs';
import { ENV } from '../../lambda/contract/environment.ts';
import type { AutomationFunction } from '../functions/automation-function.ts';

/** What a step may do with the state table. */
export type StateAction = 'GetItem' | 'PutItem' | 'DeleteItem' | 'Query';

/** The product's two tables: what it is doing now (leases, stopped compute, registrations) and what it has done. */
export class StateTables extends Construct {
  readonly state: TableV2;
  readonly evidence: TableV2;

  constructor(scope: Construct, id: string, props: { readonly retain: boolean }) {
    super(scope, id);
    const shared = {
      partitionKey: { name: 'pk', type: AttributeType.STRING },
      sortKey: { name: 'sk', type: AttributeType.STRING },
      billing: Billing.onDemand(),
      // AWS's own key: a table under a key this product watches would be lost together with it.
      encryption: TableEncryptionV2.dynamoOwnedKey(),
      pointInTimeRecoverySpecification: { pointInTimeRecoveryEnabled: true },
      deletionProtection: props.retain,
      removalPolicy: props.retain ? RemovalPolicy.RETAIN : RemovalPolicy.DESTROY,
    };
    this.state = new TableV2(this, 'State', { ...shared, timeToLiveAttribute: 'expiresAt' });
    this.evidence = new TableV2(this, 'Evidence', shared);
  }

  /** Lets the function do exactly these things with the state table; nobody scans it. */
  grantState(fn: AutomationFunction, ...actions: readonly StateAction[]): void {
    this.state.grant(fn.function, ...actions.map((action) => `dynamodb:${action}`));
    fn.function.addEnvironment(ENV.stateTable, this.state.tableName);
  }

  /** Lets the function add evidence; nobody is given the right to change or delete it. */
  grantEvidence(fn: AutomationFunction): void {
    this.evidence.grant(fn.function, 'dynamodb:PutItem');
    fn.function.addEnvironment(ENV.evidenceTable, this.evidence.tableName);
  }
}

import type { Home } from '../domain/event.ts';

/** Partition, Region and account of the deployment, from the ARN of one of its own resources. */
export function homeOf(arn: string): Home {
  const [, partition = '', , region = '', account = ''] = arn.split(':');
  return { partition, region, account };
}

import { Stack, Validations } from 'aws-cdk-lib';
import { AwsSolutionsChecks } from 'cdk-nag';
import {
  WorkspacePrerequisites,
  type WorkspacePrerequisitesProps,
} from '../../lib/workspace-prerequisites/workspace-prerequisites.ts';
import { appWithoutBundles } from './stage-template.ts';

type Json = Readonly<Record<string, unknown>>;

interface TemplateResource {
  readonly Type: string;
  readonly Properties: Json;
  readonly DeletionPolicy?: string;
  readonly UpdateReplacePolicy?: string;
}

export interface PrerequisitesTemplate {
  /** Every resource, with references resolved to made-up names. */
  readonly resources: readonly TemplateResource[];
  readonly outputs: Readonly<Record<string, string>>;
  /** Properties of the resources of one type. */
  ofType(type: string): readonly Json[];
}

export const DATABRICKS_ACCOUNT = '0d26daa6-5e44-4c97-a497-ef015f91254a';

/** Synthesizes the construct alone; throws what cdk-nag finds. `outdir` is a folder that the caller removes. */
export function prerequisitesTemplate(
  outdir: string,
  props: Omit<WorkspacePrerequisitesProps, 'databricksAccountId'>,
  region = 'us-west-2',
): PrerequisitesTemplate {
  const app = appWithoutBundles(outdir);
  const stack = new Stack(app, 'Platform', { env: { account: '111122223333', region } });
  new WorkspacePrerequisites(stack, 'Prerequisites', { databricksAccountId: DATABRICKS_ACCOUNT, ...props });
  Validations.of(app).addPlugins(new AwsSolutionsChecks(app));
  const { Resources, Outputs } = resolved(app.synth().getStackByName('Platform').template) as {
    readonly Resources: Readonly<Record<string, TemplateResource>>;
    readonly Outputs: Readonly<Record<string, { readonly Value: string }>>;
  };
  const resources = Object.values(Resources);
  return {
    resources,
    outputs: Object.fromEntries(Object.entries(Outputs).map(([name, { Value }]) => [name, Value])),
    ofType: (type) => resources.filter(({ Type }) => Type === type).map(({ Properties }) => Properties),
  };
}

/** What CloudFormation would put there: ARNs and names by kind of resource. */
function resolved(template: unknown): unknown {
  if (Array.isArray(template)) return template.map(resolved);
  if (typeof template !== 'object' || template === null) return template;
  const { 'Fn::GetAtt': attribute, Ref: ref, 'Fn::Join': joined } = template as Json;
  if (Array.isArray(attribute)) return nameFor(String(attribute[0]));
  if (typeof ref === 'string') return nameFor(ref).replace(/^arn:aws:s3:::/, '');
  if (Array.isArray(joined)) return (joined[1] as readonly unknown[]).map(resolved).join(String(joined[0]));
  return Object.fromEntries(Object.entries(template).map(([name, value]) => [name, resolved(value)]));
}

function nameFor(id: string): string {
  if (id.includes('CrossAccountRole')) return ROLE;
  if (id.includes('RootBucket')) return 'arn:aws:s3:::root-bucket';
  return `arn:aws:kms:us-west-2:111122223333:key/${id.includes('StorageKey') ? 'storage' : 'managed-services'}`;
}

export const ROLE = 'arn:aws:iam::111122223333:role/cross-account';

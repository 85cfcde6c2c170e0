import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { App } from 'aws-cdk-lib';
import example from '../../config/example.ts';
import type { StageConfig } from '../../lib/config/stage-config.ts';
import { AutomationStack } from '../../lib/stacks/automation-stack.ts';

type Properties = Readonly<Record<string, unknown>>;

/** A resource of a template. */
interface Resource {
  readonly id: string;
  readonly type: string;
  readonly properties: Properties;
}

export interface StageTemplate {
  readonly resources: readonly Resource[];
  readonly outputs: readonly string[];
  /** Every resource of one type. */
  ofType(type: string): readonly Resource[];
  /** The one resource whose id begins with `start`; throws if there is none or more than one. */
  one(start: string, type: string): Resource;
}

const CDK_JSON = join(import.meta.dirname, '..', '..', 'cdk.json');

/**
 * An app with this project's feature flags in which no function is bundled and AWS's schemas are not asked: a second instead of
 * fifteen. `synthesizeApp` does both.
 */
export const appWithoutBundles = (outdir: string): App => {
  const { context } = JSON.parse(readFileSync(CDK_JSON, 'utf8')) as { readonly context: Properties };
  return new App({
    outdir,
    analyticsReporting: false,
    builtinCloudFormationValidation: false,
    context: { ...context, 'aws:cdk:bundling-stacks': [] },
  });
};

/** The template of a stage; `outdir` is a folder that the caller removes. */
export function templateOfStage(outdir: string, stageConfig: StageConfig = example): StageTemplate {
  const app = appWithoutBundles(outdir);
  const stack = new AutomationStack(app, 'stage', { stageConfig });
  return readTemplate(app.synth().getStackByName(stack.stackName).template);
}

/** The resources and outputs of a CloudFormation template. */
export function readTemplate(template: unknown): StageTemplate {
  const { Resources, Outputs } = template as {
    readonly Resources: Readonly<Record<string, { readonly Type: string; readonly Properties?: Properties }>>;
    readonly Outputs?: Properties;
  };
  const resources = Object.entries(Resources).map(([id, { Type, Properties }]) => ({
    id,
    type: Type,
    properties: Properties ?? {},
  }));
  const ofType = (type: string): readonly Resource[] => resources.filter((resource) => resource.type === type);
  return {
    resources,
    outputs: Object.keys(Outputs ?? {}),
    ofType,
    one: (start, type) => {
      const [found, ...others] = ofType(type).filter(({ id }) => id.startsWith(start));
      if (found === undefined || others.length > 0) throw new Error(`${others.length + (found ? 1 : 0)} x ${start}`);
      return found;
    },
  };
}

import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { isRecord } from '../aws/actions.ts';
import { inOrder } from './order.ts';
import { UnknownInTemplate } from './unknown-template.ts';

/** A stack of a synthesized app. */
export interface AssemblyStack {
  readonly name: string;
  readonly template: Readonly<Record<string, unknown>>;
  /** The folders that would be uploaded, by the key of the object they would become. */
  readonly assetDirs: ReadonlyMap<string, string>;
  /** As it was given at synth; undefined when the stack takes whatever account and Region it is deployed to. */
  readonly account: string | undefined;
  readonly region: string | undefined;
}

/**
 * Reads a cloud assembly (`cdk.out`), nested assemblies of stages included, and answers its stacks so that each comes
 * after those it depends on. Throws UnknownInTemplate when the folder is not an assembly.
 */
export const readAssembly = (dir: string): readonly AssemblyStack[] => {
  const root = resolve(dir);
  const artifacts = record(readJson(join(root, 'manifest.json')).artifacts);
  const nested = Object.values(artifacts)
    .map(record)
    .filter((artifact) => artifact.type === 'cdk:cloud-assembly')
    .flatMap((artifact) => readAssembly(join(root, String(record(artifact.properties).directoryName))));
  const assetDirs = assetsOf(root, artifacts);
  const stacks = Object.entries(artifacts).filter(([, each]) => record(each).type === 'aws:cloudformation:stack');
  const ordered = inOrder(
    stacks.map(([id, artifact]) => ({ id, needs: names(record(artifact).dependencies), artifact: record(artifact) })),
  );
  return [...ordered.map(({ id, artifact }) => readStack(root, id, { artifact, assetDirs })), ...nested];
};

const readStack = (
  root: string,
  id: string,
  {
    artifact,
    assetDirs,
  }: { readonly artifact: Readonly<Record<string, unknown>>; readonly assetDirs: ReadonlyMap<string, string> },
): AssemblyStack => {
  const properties = record(artifact.properties);
  const [account, region] = String(artifact.environment ?? '')
    .replace('aws://', '')
    .split('/');
  return {
    name: String(properties.stackName ?? id),
    template: readJson(join(root, String(properties.templateFile))),
    assetDirs,
    account: known(account),
    region: known(region),
  };
};

const known = (part: string | undefined): string | undefined =>
  part === undefined || part === '' || part.startsWith('unknown-') ? undefined : part;

/** The file assets of all asset manifests, by every object key that they would get. */
const assetsOf = (root: string, artifacts: Readonly<Record<string, unknown>>): ReadonlyMap<string, string> => {
  const manifests = Object.values(artifacts)
    .map(record)
    .filter((artifact) => artifact.type === 'cdk:asset-manifest')
    .map((artifact) => readJson(join(root, String(record(artifact.properties).file))));
  return new Map(
    manifests
      .flatMap((manifest) => Object.values(record(manifest.files)).map(record))
      .flatMap((file) => {
        const path = record(file.source).path;
        if (typeof path !== 'string') return [];
        const keys = Object.values(record(file.destinations)).map((each) => String(record(each).objectKey));
        return keys.map((key) => [key, resolve(root, path)] as const);
      }),
  );
};

const readJson = (file: string): Readonly<Record<string, unknown>> => {
  try {
    return record(JSON.parse(readFileSync(file, 'utf8')));
  } catch (cause) {
    throw new UnknownInTemplate(file, 'cannot be read as a part of a cloud assembly', { cause });
  }
};

const record = (value: unknown): Readonly<Record<string, unknown>> => (isRecord(value) ? value : {});

const names = (value: unknown): readonly string[] => (Array.isArray(value) ? value.map(String) : []);

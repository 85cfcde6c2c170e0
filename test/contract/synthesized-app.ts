import { execFile } from 'node:child_process';
import { readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';

const PROJECT = join(import.meta.dirname, '..', '..');

/** A function of the synthesized template with its bundle. */
export interface BundledFunction {
  /** Its capability and its construct's name, such as `KeyRolloutTakeLease`. */
  readonly name: string;
  /** The folder that would be uploaded. */
  readonly dir: string;
  readonly bytes: number;
  readonly environment: Readonly<Record<string, unknown>>;
}

export interface SynthesizedApp {
  /** What it wrote for a person. */
  readonly said: string;
  readonly report: ValidationReport;
  readonly functions: readonly BundledFunction[];
}

/** `validation-report.json` as the CDK writes it. */
interface ValidationReport {
  readonly pluginReports: readonly {
    readonly pluginName: string;
    readonly conclusion: string;
    readonly violations: readonly unknown[];
    readonly suppressedViolations?: readonly { readonly ruleName: string; readonly reason: string }[];
  }[];
}

/**
 * Runs bin/app.ts as `cdk synth` does, into `outdir`: with bundles and with every validation, in about ten seconds. Rejects with
 * the app's own words if it ends with another exit code than 0, which is what a finding of cdk-nag leads to.
 */
export async function synthesizeApp(outdir: string): Promise<SynthesizedApp> {
  const { context } = (await json(join(PROJECT, 'cdk.json'))) as { readonly context: object };
  const env = { ...process.env, CDK_OUTDIR: outdir, CDK_CONTEXT_JSON: JSON.stringify(context) };
  const { code, stdout, stderr } = await run(process.execPath, ['bin/app.ts'], { cwd: PROJECT, env });
  if (code !== 0) throw new Error(`synth ended with exit code ${code}:\n${stdout}${stderr}`);
  return {
    said: stdout + stderr,
    report: (await json(join(outdir, 'validation-report.json'))) as ValidationReport,
    functions: await functionsOf(outdir),
  };
}

/** Loads a bundle as Lambda would, in a process of its own with nothing but `environment`. */
export async function loadBundle(
  dir: string,
  environment: Readonly<Record<string, string>>,
): Promise<{ readonly handler: string; readonly read: readonly string[] } | { readonly error: string }> {
  const env = { ...environment, AWS_REGION: 'us-west-2', LAMBDA_TASK_ROOT: dir };
  const { code, stdout, stderr } = await run(process.execPath, ['--input-type=module', '-e', LOAD], { cwd: dir, env });
  return code === 0
    ? (JSON.parse(stdout) as { readonly handler: string; readonly read: readonly string[] })
    : { error: stderr };
}

/**
 * Says what `handler` is and which environment variables were read while the bundle loaded. An error is written by its
 * words: Node would print the minified line before it, which is longer than a pipe takes at once.
 */
const LOAD = `
  const read = new Set();
  process.env = new Proxy(process.env, { get: (env, name) => (read.add(String(name)), env[name]) });
  try {
    const { handler } = await import('file://' + process.cwd() + '/index.mjs');
    process.stdout.write(JSON.stringify({ handler: typeof handler, read: [...read] }), () => process.exit(0));
  } catch (error) {
    process.stderr.write(String(error?.stack), () => process.exit(1));
  }
`;

interface Ended {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs a program to its end, whatever its exit code. */
async function run(
  file: string,
  args: readonly string[],
  options: { readonly cwd: string; readonly env: NodeJS.ProcessEnv },
): Promise<Ended> {
  try {
    return { code: 0, ...(await promisify(execFile)(file, args, { ...options, maxBuffer: 50_000_000 })) };
  } catch (error) {
    return error as Ended;
  }
}

const json = async (file: string): Promise<unknown> => JSON.parse(await readFile(file, 'utf8'));

async function functionsOf(outdir: string): Promise<readonly BundledFunction[]> {
  const file = 'databricks-security-automation-example.template.json';
  const { Resources } = (await json(join(outdir, file))) as {
    readonly Resources: Readonly<Record<string, { readonly Type: string; readonly Properties: FunctionProperties }>>;
  };
  const functions = Object.entries(Resources).filter(([, { Type }]) => Type === 'AWS::Lambda::Function');
  return Promise.all(
    functions.map(async ([id, { Properties }]) => {
      const dir = join(outdir, `asset.${Properties.Code.S3Key.replace('.zip', '')}`);
      return {
        name: id.replace(BARE, ''),
        dir,
        bytes: (await stat(join(dir, 'index.mjs'))).size,
        environment: Properties.Environment?.Variables ?? {},
      };
    }),
  );
}

/** What a logical id holds besides: the paths of constructs and the hash. */
const BARE =
  /^Automation|(?<=^Automation(?:KeyRollout|SecretSync|WorkspaceProvisioning|Api))Functions|Function[0-9A-F]{8}$/g;

interface FunctionProperties {
  readonly Code: { readonly S3Key: string };
  readonly Environment?: { readonly Variables: Readonly<Record<string, unknown>> };
}

import { checkOneOf, checkSettings, filledList } from './binding-checks.ts';
import type { Problems } from './problems.ts';
import type { PrerequisitesConfig } from './stage-config.ts';

/** What is made for workspaces to stand on, with every default. */
export interface PrerequisiteSettings {
  readonly network: PrerequisitesConfig['network'];
  readonly bucketName: string | undefined;
  readonly bucketVersioning: boolean;
  readonly passRoles: readonly string[];
  readonly keys: {
    readonly managedServices: string | undefined;
    readonly storage: string | undefined;
    readonly reuseKeyForClusterVolumes: boolean;
  };
}

/** Where it is made, and for which AWS account of Databricks. */
interface Place {
  readonly region: string;
  readonly awsPrincipal: string;
}

const NETWORKS: readonly string[] = ['databricks', 'customer'];
const SETTINGS: readonly string[] = ['network', 'bucketName', 'bucketVersioning', 'passRoles', 'keys'];
const KEY_SETTINGS: readonly string[] = ['managedServices', 'storage', 'reuseKeyForClusterVolumes'];

/** S3's rules without dots, which the certificates of S3 do not cover. */
const BUCKET = /^(?!xn--|sthree-|amzn-s3-demo-)[a-z0-9][a-z0-9-]{1,61}[a-z0-9](?<!-s3alias|--ol-s3|--x-s3|--table-s3)$/;
const ROLE = /^arn:aws[a-z-]*:iam::\d{12}:role\/[\w+=,.@/-]+$/;
const ALIAS = /^alias\/(?!aws\/)[A-Za-z0-9/_-]{1,250}$/;

/** Problems are added, not thrown; undefined where a stage asks for nothing. */
export function readPrerequisites(
  given: PrerequisitesConfig | undefined,
  place: Place,
  problems: Problems,
): PrerequisiteSettings | undefined {
  if (given === undefined) return undefined;
  if (!isObject(given)) {
    problems.add('prerequisites', given, 'an object');
    return undefined;
  }
  checkSettings(given, SETTINGS, 'prerequisites', problems);
  checkPartition(place, problems);
  const { network, bucketName, bucketVersioning = false, passRoles } = given;
  checkOneOf(network, NETWORKS, 'prerequisites.network', problems);
  if (bucketName !== undefined && !BUCKET.test(String(bucketName))) {
    problems.add(
      'prerequisites.bucketName',
      bucketName,
      'a name that S3 takes: 3 to 63 of a-z, 0-9 and hyphen, no dots',
    );
  }
  checkFlag(bucketVersioning, 'prerequisites.bucketVersioning', problems);
  checkRoles(passRoles, problems);
  const keys = readKeys(given.keys, place, problems);
  return { network, bucketName, bucketVersioning, passRoles: passRoles ?? [], keys };
}

function readKeys(
  given: PrerequisitesConfig['keys'],
  { region }: Place,
  problems: Problems,
): PrerequisiteSettings['keys'] {
  const path = 'prerequisites.keys';
  const keys = given ?? {};
  if (given !== undefined && !isObject(given)) problems.add(path, given, 'an object');
  else checkSettings(keys, KEY_SETTINGS, path, problems);
  const { managedServices, storage, reuseKeyForClusterVolumes = true } = keys;
  for (const [name, alias] of Object.entries({ managedServices, storage })) {
    if (alias !== undefined && !ALIAS.test(String(alias))) {
      problems.add(`${path}.${name}`, alias, 'an alias (alias/..., not alias/aws/...)');
    }
  }
  checkFlag(reuseKeyForClusterVolumes, `${path}.reuseKeyForClusterVolumes`, problems);
  if (keys.reuseKeyForClusterVolumes !== undefined && storage === undefined) {
    problems.add(`${path}.storage`, storage, 'an alias, because reuseKeyForClusterVolumes is about the storage key');
  }
  if (region === 'us-west-1' && (managedServices ?? storage) !== undefined) {
    problems.add(path, given, 'none in us-west-1, where Databricks has no customer-managed keys');
  }
  return { managedServices, storage, reuseKeyForClusterVolumes };
}

/** Policies name Databricks' AWS account; IAM refuses one of another partition. */
function checkPartition({ region, awsPrincipal }: Place, problems: Problems): void {
  const partition = partitionOf(region);
  if (region === '' || awsPrincipal.startsWith(`arn:${partition}:`)) return;
  const wanted = `an AWS account in ${partition}, where ${region} is, because prerequisites trust it (see databricks.accountHost)`;
  problems.add('databricks.awsPrincipal', awsPrincipal, wanted);
}

function partitionOf(region: string): string {
  if (region.startsWith('us-gov-')) return 'aws-us-gov';
  return region.startsWith('cn-') ? 'aws-cn' : 'aws';
}

function checkRoles(passRoles: unknown, problems: Problems): void {
  if (passRoles === undefined) return;
  const path = 'prerequisites.passRoles';
  for (const [index, role] of filledList(passRoles, 'a list of role ARNs', path, problems).entries()) {
    if (typeof role !== 'string' || !ROLE.test(role)) problems.add(`${path}[${index}]`, role, 'the ARN of an IAM role');
  }
}

function checkFlag(value: unknown, path: string, problems: Problems): void {
  if (typeof value !== 'boolean') problems.add(path, value, 'true or false');
}

const isObject = (value: unknown): boolean => typeof value === 'object' && value !== null && !Array.isArray(value);

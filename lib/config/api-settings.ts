import { isIP } from 'node:net';
import { checkSettings, checkWhole, filledList } from './binding-checks.ts';
import type { Problems } from './problems.ts';
import type { ApiConfig } from './stage-config.ts';

/** The API's settings with their defaults; undefined where the stage has none. */
export interface ApiSettings {
  /** Ids of the VPC endpoints through which it is reached; empty for a public address. */
  readonly vpcEndpoints: readonly string[];
  /** IAM ARNs or account ids beyond what IAM of this account allows. */
  readonly callers: readonly string[];
  /** CIDR blocks; empty lets every address ask. */
  readonly sourceIps: readonly string[];
  readonly webAclArn: string | undefined;
  readonly ratePerSecond: number;
  readonly burst: number;
  readonly makesLogRole: boolean;
}

const SETTINGS: readonly string[] = [
  ...['vpcEndpoints', 'callers', 'sourceIps', 'webAclArn', 'ratePerSecond', 'burst', 'accountLogRole'],
];

const CALLER = /^(?:\d{12}|arn:aws[a-z-]*:iam::\d{12}:(?:root|role\/[\w+=,.@/-]+|user\/[\w+=,.@/-]+))$/;
const WEB_ACL = /^arn:aws[a-z-]*:wafv2:[a-z0-9-]+:\d{12}:regional\/webacl\/.+$/;

/** Problems are added, not thrown. */
export function readApi(given: ApiConfig | 'off' | undefined, problems: Problems): ApiSettings | undefined {
  if (given === 'off') return undefined;
  if (given !== undefined && (typeof given !== 'object' || given === null)) {
    problems.add('api', given, "an object, or 'off'");
    return undefined;
  }
  const { vpcEndpoints, callers, sourceIps, webAclArn, ratePerSecond = 10, burst = 20, accountLogRole } = given ?? {};
  checkSettings(given ?? {}, SETTINGS, 'api', problems);
  checkEach(
    vpcEndpoints,
    matching(/^vpce-[0-9a-f]+$/),
    'vpcEndpoints',
    'the id of a VPC endpoint (vpce-...)',
    problems,
  );
  checkEach(
    callers,
    matching(CALLER),
    'callers',
    'an account id, or the ARN of an IAM role, user or account root',
    problems,
  );
  checkEach(sourceIps, isCidr, 'sourceIps', 'a CIDR block such as 192.0.2.0/24', problems);
  if (sourceIps !== undefined && vpcEndpoints !== undefined) {
    problems.add('api.sourceIps', sourceIps, 'none: a private API is reached through its VPC endpoints only');
  }
  if (webAclArn !== undefined && !WEB_ACL.test(String(webAclArn))) {
    problems.add('api.webAclArn', webAclArn, 'the ARN of a regional WAFv2 web ACL');
  }
  checkWhole(ratePerSecond, 1, 1_000, 'api.ratePerSecond', problems);
  checkWhole(burst, 1, 2_000, 'api.burst', problems);
  if (accountLogRole !== undefined && !['create', 'present'].includes(accountLogRole)) {
    problems.add('api.accountLogRole', accountLogRole, 'create or present');
  }
  return {
    ...{ vpcEndpoints: vpcEndpoints ?? [], callers: callers ?? [], sourceIps: sourceIps ?? [], webAclArn },
    ...{ ratePerSecond, burst, makesLogRole: accountLogRole !== 'present' },
  };
}

function checkEach(
  given: unknown,
  isRight: (text: string) => boolean,
  name: string,
  wanted: string,
  problems: Problems,
): void {
  if (given === undefined) return;
  for (const [index, one] of filledList(given, `a list: ${wanted}`, `api.${name}`, problems).entries()) {
    if (typeof one !== 'string' || !isRight(one)) problems.add(`api.${name}[${index}]`, one, wanted);
  }
}

const matching =
  (form: RegExp) =>
  (text: string): boolean =>
    form.test(text);

function isCidr(text: string): boolean {
  const [, address = '', bits] = /^([0-9a-fA-F:.]+)\/(0|[1-9]\d{0,2})$/.exec(text) ?? [];
  const family = isIP(address);
  return family !== 0 && Number(bits) <= (family === 4 ? 32 : 128);
}

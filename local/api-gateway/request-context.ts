import type { Home } from '../aws/home.ts';
import { LOCAL_CREDENTIALS, localUser } from '../aws/local-user.ts';
import type { CallHead } from './call.ts';
import type { Resource, StageSettings } from './definition.ts';

/** Who calls; null where API Gateway does not know. */
interface Identity {
  readonly accessKey: string | null;
  readonly accountId: string | null;
  readonly caller: string | null;
  readonly cognitoAuthenticationProvider: null;
  readonly cognitoAuthenticationType: null;
  readonly cognitoIdentityId: null;
  readonly cognitoIdentityPoolId: null;
  readonly principalOrgId: null;
  readonly sourceIp: string;
  readonly user: string | null;
  readonly userAgent: string | null;
  readonly userArn: string | null;
}

/** `requestContext` of an event, and the source of most `$context` variables. */
export interface RequestContext {
  readonly accountId: string;
  readonly apiId: string;
  readonly deploymentId: string;
  readonly domainName: string;
  readonly domainPrefix: string;
  readonly extendedRequestId: string;
  readonly httpMethod: string;
  readonly identity: Identity;
  readonly path: string;
  readonly protocol: string;
  readonly requestId: string;
  /** `09/Apr/2026:12:34:56 +0000` */
  readonly requestTime: string;
  readonly requestTimeEpoch: number;
  readonly resourceId: string | null;
  readonly resourcePath: string | null;
  readonly stage: string;
}

/** `resource` is absent when no method was found, `signed` is true when the local user's signature was found right. */
export const requestContext = (
  head: CallHead,
  about: {
    readonly home: Home;
    readonly stage: StageSettings;
    readonly resource: Resource | undefined;
    readonly signed: boolean;
  },
): RequestContext => {
  const { home, stage, resource } = about;
  // "This should be the same as the incoming Host header."
  const domainName = head.header('host') ?? '';
  return {
    accountId: home.account,
    apiId: stage.apiId,
    deploymentId: stage.deployment.id,
    domainName,
    domainPrefix: domainName.split('.')[0] ?? '',
    extendedRequestId: head.extendedRequestId,
    httpMethod: head.method,
    identity: identityOf(head, home, about.signed),
    path: head.path,
    protocol: `HTTP/${head.httpVersion}`,
    requestId: head.requestId,
    requestTime: clfTime(head.receivedAt),
    requestTimeEpoch: head.receivedAt,
    resourceId: resource?.id ?? null,
    resourcePath: resource?.path ?? null,
    stage: stage.name,
  };
};

const identityOf = (head: CallHead, home: Home, signed: boolean): Identity => {
  const user = signed ? localUser(home) : undefined;
  return {
    accessKey: signed ? LOCAL_CREDENTIALS.accessKeyId : null,
    accountId: user?.account ?? null,
    caller: user?.userId ?? null,
    cognitoAuthenticationProvider: null,
    cognitoAuthenticationType: null,
    cognitoIdentityId: null,
    cognitoIdentityPoolId: null,
    principalOrgId: null,
    sourceIp: head.sourceIp,
    user: user?.userId ?? null,
    userAgent: head.header('user-agent') ?? null,
    userArn: user?.arn ?? null,
  };
};

/** "The CLF-formatted request time (dd/MMM/yyyy:HH:mm:ss +-hhmm)". */
const clfTime = (at: number): string => {
  const [, day, month, year, time] = new Date(at).toUTCString().split(' ');
  return `${day}/${month}/${year}:${time} +0000`;
};

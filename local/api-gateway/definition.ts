import type { BodyModel } from './body-model.ts';
import type { GatewayResponse, ResponseType } from './gateway-response.ts';

/** A place in the tree of an API. */
export interface Resource {
  readonly id: string;
  /** `/operations/{id}`; the root is `/`. */
  readonly path: string;
}

/** A parameter that a method may demand: `method.request.querystring.limit`. */
export interface RequestParameter {
  readonly place: 'querystring' | 'header' | 'path';
  readonly name: string;
}

/** What a request validator looks at. */
export interface Checks {
  readonly body: boolean;
  readonly parameters: boolean;
}

/** A method with everything it refers to. */
export interface Method {
  readonly resource: Resource;
  /** `GET`, ..., or `ANY`. */
  readonly httpMethod: string;
  readonly authorization: 'AWS_IAM' | 'NONE';
  readonly functionArn: string;
  readonly timeoutMs: number;
  /** By content type; `$default` stands for every type that has no model of its own. */
  readonly models: ReadonlyMap<string, BodyModel>;
  readonly required: readonly RequestParameter[];
  readonly checks: Checks;
}

/** An API as it was when it was deployed; later changes do not reach stages of this deployment. */
export interface ApiDeployment {
  readonly id: string;
  readonly methods: readonly Method[];
  readonly responses: ReadonlyMap<ResponseType, GatewayResponse>;
}

/** Requests per second on average, and how many at once. */
export interface Limit {
  readonly rate: number;
  readonly burst: number;
}

/** A stage: what is behind `https://{api}.execute-api.{region}.amazonaws.com/{name}`. */
export interface StageSettings {
  readonly apiId: string;
  readonly name: string;
  readonly deployment: ApiDeployment;
  readonly accessLog?: { readonly group: string; readonly format: string } | undefined;
  /** For every method that has no limit of its own. */
  readonly limit?: Limit | undefined;
  /** By method and resource path: `GET /operations/{id}`. */
  readonly limits: ReadonlyMap<string, Limit>;
  readonly variables: Readonly<Record<string, string>>;
}

import { AwsError } from '../aws/service.ts';
import { type BodyModel, compileModel } from './body-model.ts';
import type { ApiDeployment, Checks, Method, RequestParameter, Resource } from './definition.ts';
import type { GatewayResponse, ResponseType } from './gateway-response.ts';

/** A method as the template gives it: models and validator by name and id. */
export interface NewMethod extends Omit<Method, 'resource' | 'models' | 'checks'> {
  readonly resourceId: string;
  /** Names of models by content type. */
  readonly modelNames: Readonly<Record<string, string>>;
  readonly validatorId: string | undefined;
}

/**
 * "Path segments can only contain alphanumeric characters, underscores, hyphens, periods, commas, colons, and curly
 * braces".
 */
const PATH_PART = /^(?:[A-Za-z0-9_.,:-]+|\{[A-Za-z0-9_.-]+\+?\})$/;

const NO_CHECKS: Checks = { body: false, parameters: false };

/** A REST API while it is put together. Its methods are refused when they refer to something that is not there. */
export class RestApi {
  readonly id: string;
  readonly rootId: string;
  readonly #resources = new Map<string, Resource>();
  readonly #models = new Map<string, BodyModel>();
  readonly #validators = new Map<string, Checks>();
  readonly #responses = new Map<ResponseType, GatewayResponse>();
  readonly #deployments = new Map<string, ApiDeployment>();
  readonly #methods: Method[] = [];

  constructor(id: string, rootId: string) {
    this.id = id;
    this.rootId = rootId;
    this.#resources.set(rootId, { id: rootId, path: '/' });
  }

  /** Adds a resource below another one. Throws AwsError when API Gateway would refuse its path. */
  addResource(id: string, parentId: string, pathPart: string): void {
    const parent = found(this.#resources, parentId, 'resource');
    if (!PATH_PART.test(pathPart)) throw refused(`Resource's path part ${pathPart} is not allowed`);
    if (parent.path.endsWith('+}')) throw refused(`${parent.path} is greedy and can have no child ${pathPart}`);
    const path = `${parent.path === '/' ? '' : parent.path}/${pathPart}`;
    const siblings = [...this.#resources.values()].filter((each) => parentOf(each.path) === parent.path);
    // One `{param}` and one `{proxy+}` may stand side by side, two of a kind may not.
    const same = siblings.find(
      (each) => each.path === path || (kindOf(path) !== '' && kindOf(each.path) === kindOf(path)),
    );
    if (same !== undefined) throw refused(`${path} stands for the same paths as its sibling ${same.path}`);
    this.#resources.set(id, { id, path });
  }

  addModel(name: string, schema: unknown): void {
    if (!/^[A-Za-z0-9]+$/.test(name)) throw refused(`Model name must be alphanumeric: ${name}`);
    this.#models.set(name, compileModel(name, schema));
  }

  addValidator(id: string, checks: Checks): void {
    this.#validators.set(id, checks);
  }

  addMethod({ resourceId, modelNames, validatorId, ...method }: NewMethod): void {
    const resource = found(this.#resources, resourceId, 'resource');
    const there = this.#methods.some(
      (each) => each.resource.id === resourceId && each.httpMethod === method.httpMethod,
    );
    if (there) throw refused(`Method already exists for this resource: ${method.httpMethod} ${resource.path}`);
    const models = Object.entries(modelNames).map(
      ([type, name]) => [type.toLowerCase(), found(this.#models, name, 'model')] as const,
    );
    const checks = validatorId === undefined ? NO_CHECKS : found(this.#validators, validatorId, 'request validator');
    this.#methods.push({ ...method, resource, models: new Map(models), checks });
  }

  setResponse(type: ResponseType, response: GatewayResponse): void {
    this.#responses.set(type, response);
  }

  /** Keeps the API as it is now, for stages. Throws AwsError when there is nothing to deploy. */
  deploy(id: string): void {
    if (this.#methods.length === 0) throw refused("The REST API doesn't contain any methods");
    this.#deployments.set(id, { id, methods: [...this.#methods], responses: new Map(this.#responses) });
  }

  deployment(id: string): ApiDeployment {
    return found(this.#deployments, id, 'deployment');
  }
}

/** `limit` of the query string, or the like. Throws AwsError for anything else than the three places of a request. */
export const requestParameter = (expression: string): RequestParameter => {
  const [, place, name] = /^method\.request\.(querystring|header|path)\.(.+)$/.exec(expression) ?? [];
  if (name === undefined) throw refused(`the local run does not know the request parameter ${expression}`);
  return { place: place as RequestParameter['place'], name };
};

const refused = (message: string): AwsError => new AwsError('BadRequestException', message);

const found = <T>(all: ReadonlyMap<string, T>, id: string, what: string): T => {
  const one = all.get(id);
  if (one !== undefined) return one;
  throw new AwsError('NotFoundException', `Invalid ${what} identifier specified: ${id}`, 404);
};

const parentOf = (path: string): string => (path === '/' ? '' : path.slice(0, path.lastIndexOf('/')) || '/');

/** `+}` for greedy paths, `}` for those that end with a parameter, nothing for all others. */
const kindOf = (path: string): string => /\+?\}$/.exec(path)?.[0] ?? '';

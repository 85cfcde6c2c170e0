import { text } from '../aws/actions.ts';
import type { LocalAccount } from '../aws/local-account.ts';
import { shortId } from './names.ts';
import { onlyKnown, part, type ResourceHandler, type TemplateResource, whereIs } from './resource.ts';
import { UnknownInTemplate } from './unknown-template.ts';

/** Who may call is not checked, and where from makes no difference here; EDGE would put CloudFront in front. */
const ENDPOINT_TYPES: readonly unknown[] = ['REGIONAL', 'PRIVATE'];

/** AWS::ApiGateway::RestApi, empty. APIs from an OpenAPI document, edge-optimized ones and binary media are refused. */
export const restApi =
  (account: LocalAccount): ResourceHandler =>
  (resource) => {
    onlyKnown(resource, {
      heeded: ['Name', 'EndpointConfiguration', 'DisableExecuteApiEndpoint'],
      idle: ['Description', 'Policy', 'Tags'],
    });
    const {
      Types = ['EDGE'],
      VpcEndpointIds: _ids,
      IpAddressType: _ip,
      ...strange
    } = part(resource, 'EndpointConfiguration');
    const unknown = [Types].flat().find((type) => !ENDPOINT_TYPES.includes(type));
    if (unknown !== undefined || Object.keys(strange).length > 0) {
      const told = unknown ?? Object.keys(strange).join(', ');
      throw new UnknownInTemplate(whereIs(resource), `the local run does not know the endpoint configuration ${told}`);
    }
    if (resource.properties.DisableExecuteApiEndpoint === true) {
      throw new UnknownInTemplate(
        whereIs(resource),
        'the local run knows the default endpoint only, which is disabled',
      );
    }
    const id = ownId(resource, 10);
    const rootId = shortId(resource.stackName, `${resource.logicalId}/`, 10);
    account.apiGateway.createRestApi(id, rootId);
    return { ref: id, attributes: { RestApiId: id, RootResourceId: rootId } };
  };

/** AWS::ApiGateway::Resource. */
export const apiResource =
  (account: LocalAccount): ResourceHandler =>
  (resource) => {
    onlyKnown(resource, { heeded: ['RestApiId', 'ParentId', 'PathPart'] });
    const { properties } = resource;
    const id = ownId(resource, 6);
    const api = account.apiGateway.restApi(text(properties, 'RestApiId'));
    api.addResource(id, text(properties, 'ParentId'), text(properties, 'PathPart'));
    return { ref: id, attributes: { ResourceId: id } };
  };

/**
 * AWS::ApiGateway::Deployment: keeps the API as it is at this moment, so that what the template makes afterwards is not
 * in it, as in AWS. Stages and canaries within a deployment are refused.
 */
export const apiDeployment =
  (account: LocalAccount): ResourceHandler =>
  (resource) => {
    onlyKnown(resource, { heeded: ['RestApiId'], idle: ['Description'] });
    const id = ownId(resource, 6);
    account.apiGateway.restApi(text(resource.properties, 'RestApiId')).deploy(id);
    return { ref: id, attributes: { DeploymentId: id } };
  };

/** AWS::ApiGateway::Account: a role for logs, which the local run writes without one. */
export const apiAccount: ResourceHandler = (resource) => {
  onlyKnown(resource, { heeded: [], idle: ['CloudWatchRoleArn'] });
  const id = ownId(resource, 10);
  return { ref: id, attributes: { Id: id } };
};

/** The id of an API Gateway resource. */
export const ownId = ({ stackName, logicalId }: TemplateResource, length: number): string =>
  shortId(stackName, logicalId, length);

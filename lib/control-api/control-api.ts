import { RemovalPolicy, Stack } from 'aws-cdk-lib';
import {
  AccessLogFormat,
  AuthorizationType,
  EndpointType,
  type JsonSchema,
  LambdaIntegration,
  LogGroupLogDestination,
  MethodLoggingLevel,
  type Model,
  RestApi,
} from 'aws-cdk-lib/aws-apigateway';
import { InterfaceVpcEndpoint } from 'aws-cdk-lib/aws-ec2';
import { LogGroup } from 'aws-cdk-lib/aws-logs';
import { CfnWebACLAssociation } from 'aws-cdk-lib/aws-wafv2';
import { Construct } from 'constructs';
import { ROUTES, type Route, SCHEMAS, type SchemaName } from '../../lambda/contract/api-routes.ts';
import { acknowledge } from '../acknowledge.ts';
import type { ApiSettings } from '../config/api-settings.ts';
import { ApiFunctions, type ApiFunctionsProps } from './api-functions.ts';
import { apiPolicy } from './api-policy.ts';
import { addProblemResponses } from './api-responses.ts';

export interface ControlApiProps extends ApiFunctionsProps {
  readonly settings: ApiSettings;
}

/**
 * The HTTP API: every route of the contract, signed by IAM. API Gateway checks what has to be there; bodies are checked by
 * the functions against the same schemas, because they can name every field that is wrong.
 */
export class ControlApi extends Construct {
  readonly restApi: RestApi;

  constructor(scope: Construct, id: string, { settings, ...props }: ControlApiProps) {
    super(scope, id);
    const { config } = props;
    const functions = new ApiFunctions(this, 'Functions', props);
    const accessLog = new LogGroup(this, 'AccessLog', {
      retention: config.logRetentionDays,
      removalPolicy: config.retain ? RemovalPolicy.RETAIN : RemovalPolicy.DESTROY,
    });
    const policy = apiPolicy(settings, config.account);
    const isPrivate = settings.vpcEndpoints.length > 0;
    this.restApi = new RestApi(this, 'RestApi', {
      restApiName: `${Stack.of(this).stackName}-control`,
      description: 'Key rollouts, secret syncs and what they work on',
      endpointConfiguration: {
        types: [isPrivate ? EndpointType.PRIVATE : EndpointType.REGIONAL],
        ...(isPrivate && { vpcEndpoints: settings.vpcEndpoints.map((endpoint) => vpcEndpoint(this, endpoint)) }),
      },
      ...(policy !== undefined && { policy }),
      cloudWatchRole: settings.makesLogRole,
      // The role serves every API of the account and Region.
      ...(settings.makesLogRole && { cloudWatchRoleRemovalPolicy: RemovalPolicy.RETAIN }),
      defaultMethodOptions: { authorizationType: AuthorizationType.IAM },
      deployOptions: {
        stageName: 'api',
        throttlingRateLimit: settings.ratePerSecond,
        throttlingBurstLimit: settings.burst,
        tracingEnabled: true,
        metricsEnabled: true,
        loggingLevel: MethodLoggingLevel.OFF,
        dataTraceEnabled: false,
        accessLogDestination: new LogGroupLogDestination(accessLog),
        accessLogFormat: AccessLogFormat.custom(JSON.stringify(ACCESS_LOG)),
      },
    });
    // The stack has its own output for it.
    this.restApi.node.tryRemoveChild('Endpoint');
    addProblemResponses(this.restApi);
    this.#addRoutes(functions);
    if (settings.webAclArn !== undefined) {
      new CfnWebACLAssociation(this, 'WebAcl', {
        resourceArn: this.restApi.deploymentStage.stageArn,
        webAclArn: settings.webAclArn,
      });
    }
    this.#acknowledge(settings);
  }

  #addRoutes(functions: ApiFunctions): void {
    const requestValidator = this.restApi.addRequestValidator('Parameters', {
      requestValidatorName: 'parameters',
      validateRequestParameters: true,
      validateRequestBody: false,
    });
    const models = new Map<SchemaName, Model>();
    for (const route of ROUTES) {
      const { method, path, operationId, group, request } = route;
      const model = request === undefined ? undefined : (models.get(request) ?? this.#model(request));
      if (request !== undefined && model !== undefined) models.set(request, model);
      const integration = new LambdaIntegration(functions.byGroup[group].function, { allowTestInvoke: false });
      this.restApi.root.resourceForPath(path).addMethod(method, integration, {
        operationName: operationId,
        requestValidator,
        requestParameters: parametersOf(route),
        ...(model !== undefined && { requestModels: { 'application/json': model } }),
      });
    }
  }

  #model(name: SchemaName): Model {
    return this.restApi.addModel(name, {
      modelName: name,
      contentType: 'application/json',
      // The contract's schemas are of the part of JSON Schema that draft 04 has, too.
      schema: SCHEMAS[name] as unknown as JsonSchema,
    });
  }

  #acknowledge({ webAclArn, makesLogRole }: ApiSettings): void {
    acknowledge(
      this.restApi,
      'APIG2',
      'API Gateway checks parameters; bodies are checked by the functions against the same schemas, which can name every wrong field',
    );
    acknowledge(this.restApi, 'COG4', 'Callers are people and programs of AWS accounts: IAM authorizes each of them');
    acknowledge(
      this.restApi,
      'APIG6',
      'Execution logs could hold parts of requests; access logs and the functions tell enough',
    );
    if (webAclArn === undefined)
      acknowledge(this.restApi, 'APIG3', 'IAM authorizes every call; a web ACL can be configured');
    if (makesLogRole) {
      acknowledge(
        this.restApi,
        'IAM4[Policy::arn:<AWS::Partition>:iam::aws:policy/service-role/AmazonAPIGatewayPushToCloudWatchLogs]',
        'The policy that AWS makes for exactly this role',
      );
    }
  }
}

/** Who called what, and how it ended; no body, no header. */
const ACCESS_LOG = {
  requestId: '$context.requestId',
  time: '$context.requestTimeEpoch',
  caller: '$context.identity.userArn',
  ip: '$context.identity.sourceIp',
  method: '$context.httpMethod',
  resource: '$context.resourcePath',
  status: '$context.status',
  latencyMs: '$context.responseLatency',
  integrationStatus: '$context.integration.status',
  refused: '$context.error.responseType',
};

/** True for what has to be there; a missing query is told by the functions, which name it. */
function parametersOf({ path, query = [], idempotencyKey }: Route): Record<string, boolean> {
  return Object.fromEntries([
    ...[...path.matchAll(/\{(\w+)\}/g)].map(([, name]) => [`method.request.path.${name}`, true]),
    ...query.map((name) => [`method.request.querystring.${name}`, false]),
    ...(idempotencyKey === true ? [['method.request.header.Idempotency-Key', false]] : []),
  ]);
}

const vpcEndpoint = (scope: Construct, vpcEndpointId: string) =>
  InterfaceVpcEndpoint.fromInterfaceVpcEndpointAttributes(scope, vpcEndpointId, { vpcEndpointId, port: 443 });

import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { listen } from '../aws/endpoint.ts';
import { AwsError } from '../aws/service.ts';
import { bodyOf, type CallHead, headOf } from './call.ts';
import type { StageSettings } from './definition.ts';
import { type GatewayAnswer, sendAnswer } from './gateway-answer.ts';
import { RestApi } from './rest-api.ts';
import { Stage, type StageAround } from './stage.ts';

/** REST APIs of the local account. */
export interface ApiGateway {
  /** `http://127.0.0.1:4568` */
  readonly url: string;
  readonly port: number;
  /** Makes an API without methods. */
  createRestApi(id: string, rootId: string): RestApi;
  /** Throws AwsError when there is no such API. */
  restApi(id: string): RestApi;
  /** Opens a stage and answers its address, `http://127.0.0.1:4568/v1`. Throws AwsError for a name that is taken. */
  createStage(settings: StageSettings): string;
  /** Cuts all connections and frees the port. */
  close(): Promise<void>;
}

/** What API Gateway is made from. */
export interface ApiGatewaySettings extends StageAround {
  /** On 127.0.0.1; 0 takes a free one. */
  readonly port: number;
}

/**
 * Starts API Gateway on 127.0.0.1. In AWS every API has a host of its own; here one port plays them all, and the name
 * of the stage tells them apart. It speaks HTTP, not HTTPS. Throws PortTaken.
 */
export const startApiGateway = async (settings: ApiGatewaySettings): Promise<ApiGateway> => {
  const apis = new Map<string, RestApi>();
  const stages = new Map<string, Stage>();
  const server = createServer((request, response) => {
    // A caller who goes away in the middle of a body gets no answer.
    serve(request, response, { stages, now: settings.clock.now }).catch(() => request.socket.destroy());
  });
  await listen(server, settings.port, 'API Gateway');
  const { port } = server.address() as AddressInfo;
  const url = `http://127.0.0.1:${port}`;
  return {
    url,
    port,
    createRestApi: (id, rootId) => {
      const api = new RestApi(id, rootId);
      apis.set(id, api);
      return api;
    },
    restApi: (id) => {
      const api = apis.get(id);
      if (api !== undefined) return api;
      throw new AwsError('NotFoundException', `Invalid API identifier specified: ${id}`, 404);
    },
    createStage: (stage) => {
      if (stages.has(stage.name)) {
        const told = `the local run knows one stage of a name only; ${stage.name} is there already`;
        throw new AwsError('ConflictException', told, 409);
      }
      stages.set(stage.name, new Stage(stage, settings));
      return `${url}/${stage.name}`;
    },
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
};

interface Behind {
  readonly stages: ReadonlyMap<string, Stage>;
  readonly now: () => number;
}

const serve = async (request: IncomingMessage, response: ServerResponse, behind: Behind): Promise<void> => {
  const head = headOf(request, behind.now());
  const body = await bodyOf(request);
  const answer = await answerTo(head, body, behind).catch(failed);
  const headers = [
    ['x-amzn-RequestId', head.requestId],
    ['x-amz-apigw-id', head.extendedRequestId],
    ...answer.headers,
  ] as const;
  sendAnswer(response, { ...answer, headers });
};

const answerTo = async (head: CallHead, body: Buffer | undefined, behind: Behind): Promise<GatewayAnswer> => {
  const strange = strangeIn(head);
  if (strange !== undefined) return told(501, 'UnknownOperationException', `the local run does not know ${strange}`);
  const stage = behind.stages.get(head.path.split('/')[1] ?? '');
  // What API Gateway says of a stage that is not there; no API is known yet whose gateway responses could be used.
  if (stage === undefined) return told(403, 'ForbiddenException', 'Forbidden');
  return stage.answer(head, body);
};

/** What "Important notes for REST APIs" names as not supported, or as changing the request. */
const strangeIn = (head: CallHead): string | undefined => {
  if (head.header('x-http-method-override') !== undefined) return 'the header X-HTTP-Method-Override';
  const character = /[|{};]/.exec(head.rawQuery)?.[0];
  return character === undefined ? undefined : `${character} in a query string; it must be URL-encoded`;
};

const told = (status: number, errorType: string, message: string): GatewayAnswer => ({
  status,
  headers: [
    ['Content-Type', 'application/json'],
    ['x-amzn-ErrorType', errorType],
  ],
  body: JSON.stringify({ message }),
});

/** A fault of the local run itself. */
const failed = (error: unknown): GatewayAnswer =>
  told(500, 'InternalFailure', `the local run failed: ${error instanceof Error ? error.message : error}`);

import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import { setTimeout } from 'node:timers/promises';
import dynalite from 'dynalite';
import { isRecord, perform, type Request, text } from './actions.ts';
import type { Home } from './home.ts';
import { AwsError, type AwsService, unknownAction } from './service.ts';

/** What dynalite knows; the list is its own. It has no transactions, no PartiQL, no streams and no backups. */
const KNOWN = new Set([
  ...['BatchGetItem', 'BatchWriteItem', 'CreateTable', 'DeleteItem', 'DeleteTable', 'DescribeTable', 'GetItem'],
  ...['ListTables', 'PutItem', 'Query', 'Scan', 'TagResource', 'UntagResource', 'ListTagsOfResource'],
  ...['UpdateItem', 'UpdateTable'],
]);

/** A signature that dynalite takes: it wants one and does not check it. */
const SIGNED = 'AWS4-HMAC-SHA256 Credential=local, SignedHeaders=host, Signature=local';

const LOOK_MS = 10;
const MOST_LOOKS = 100;

/**
 * DynamoDB (AWS JSON 1.0, target prefix `DynamoDB_20120810`) by dynalite, in memory. What dynalite lacks is refused by
 * name, except for the time to live of a table, which is kept; items do not expire.
 */
export class DynamoDb implements AwsService {
  readonly #server: Server;
  readonly #endpointUrl: () => string;
  readonly #home: Home;
  #underWay = 0;
  readonly #timeToLive = new Map<string, string>();

  /** `endpointUrl` is where this very service can be reached; it is asked only when `handle` is called. */
  constructor(settings: { readonly endpointUrl: () => string; readonly home: Home }) {
    this.#endpointUrl = settings.endpointUrl;
    this.#home = settings.home;
    this.#server = dynalite({ createTableMs: 0, deleteTableMs: 0, updateTableMs: 0 });
  }

  /** True for actions that dynalite answers; all others come through `handle`. */
  answersItself(action: string): boolean {
    return KNOWN.has(action);
  }

  /** Hands a request over as it came, body unread. */
  takeOver(request: IncomingMessage, response: ServerResponse): void {
    this.#underWay += 1;
    // Ends also when the caller is gone, which the response's own events would tell too early.
    const end = response.end.bind(response) as ServerResponse['end'];
    response.end = ((...words: Parameters<ServerResponse['end']>) => {
      this.#underWay -= 1;
      response.end = end;
      return end(...words);
    }) as ServerResponse['end'];
    this.#server.emit('request', request, response);
  }

  /** For callers within the local run. Throws AwsError. */
  async handle(action: string, input: Request): Promise<unknown> {
    if (action === 'UpdateTimeToLive' || action === 'DescribeTimeToLive') {
      await this.#call('DescribeTable', { TableName: text(input, 'TableName') });
      return perform('dynamodb', this.#timeToLiveActions, action, input);
    }
    if (!KNOWN.has(action)) throw unknownAction('dynamodb', action);
    return this.#call(action, input);
  }

  async close(): Promise<void> {
    // A request in the middle of the store must not find it closed; one whose caller died half-way never ends.
    for (let looks = 0; this.#underWay > 0 && looks < MOST_LOOKS; looks += 1) await setTimeout(LOOK_MS);
    if (!this.#server.listening) {
      // Its own close() also closes the store, and wants a server that listens.
      await new Promise<void>((resolve) => this.#server.listen(0, '127.0.0.1', resolve));
    }
    await new Promise<void>((resolve) => this.#server.close(() => resolve()));
  }

  readonly #timeToLiveActions = {
    UpdateTimeToLive: {
      fields: ['TableName', 'TimeToLiveSpecification'],
      run: (request: Request) => {
        const table = text(request, 'TableName');
        const wanted = request.TimeToLiveSpecification;
        if (!isRecord(wanted)) throw new AwsError('ValidationException', 'TimeToLiveSpecification is wanted');
        if (wanted.Enabled === true) this.#timeToLive.set(table, text(wanted, 'AttributeName'));
        else this.#timeToLive.delete(table);
        return { TimeToLiveSpecification: wanted };
      },
    },
    DescribeTimeToLive: {
      fields: ['TableName'],
      run: (request: Request) => {
        const AttributeName = this.#timeToLive.get(text(request, 'TableName'));
        const status = AttributeName === undefined ? 'DISABLED' : 'ENABLED';
        return { TimeToLiveDescription: { TimeToLiveStatus: status, AttributeName } };
      },
    },
  };

  async #call(action: string, input: Request): Promise<unknown> {
    const answer = await fetch(this.#endpointUrl(), {
      method: 'POST',
      headers: {
        'content-type': 'application/x-amz-json-1.0',
        'x-amz-target': `DynamoDB_20120810.${action}`,
        'x-amz-date': new Date().toISOString(),
        authorization: SIGNED.replace('local,', `local/${this.#home.region}/dynamodb,`),
      },
      body: JSON.stringify(input),
    });
    const body: unknown = await answer.json();
    if (answer.ok) return body;
    const type = isRecord(body) ? String(body.__type) : 'InternalFailure';
    const told = isRecord(body) ? String(body.message ?? body.Message ?? '') : '';
    throw new AwsError(type.slice(type.indexOf('#') + 1), told, answer.status);
  }
}

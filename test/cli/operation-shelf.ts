import { createHash } from 'node:crypto';
import { OPERATION_KINDS, type Operation } from '../../lambda/contract/api-answers.ts';
import { type Answer, notFound, refusal } from './answer.ts';
import { OPERATION } from './examples.ts';

export type Parameters = Readonly<Record<string, string>>;

/** Operations as the API keeps them: the same idempotency key starts nothing twice, and each look may show the next state. */
export class OperationShelf {
  /** What happens to an operation that is started next: how it looks at each look, the last one for good. */
  story: readonly Partial<Operation>[] = [{}];
  /** Where a cancelled operation's restart is; null if there is none. */
  restart: string | null = null;
  readonly #operations = new Map<string, { readonly looks: Operation[]; readonly request: string }>();

  get ids(): readonly string[] {
    return [...this.#operations.keys()];
  }

  /** An operation that is there already, as it looks at each look. */
  add(...looks: readonly Partial<Operation>[]): string {
    const all = looks.map((look) => ({ ...OPERATION, ...look }));
    const id = all[0]?.id ?? '';
    this.#operations.set(id, { looks: all, request: '' });
    return id;
  }

  begin(kind: Operation['kind'], request: object, key: string | undefined): Answer {
    const asked = JSON.stringify(request);
    const name = createHash('sha256')
      .update(`${kind} ${key ?? asked}`)
      .digest('hex')
      .slice(0, 8);
    const id = `${kind}.key-${name}`;
    const known = this.#operations.get(id);
    if (known !== undefined && known.request !== asked) {
      return refusal(422, 'IdempotencyKeyReused', `Idempotency-Key: found a key of another request (operation ${id})`);
    }
    const looks =
      known?.looks ?? this.story.map((look) => ({ ...OPERATION, id, kind, request: { ...request }, ...look }));
    this.#operations.set(id, { looks, request: asked });
    const [body] = looks;
    if (looks.length > 1) looks.shift();
    return { status: 202, body, headers: { location: `/dev/v1/operations/${id}` } };
  }

  look(id: string): Answer {
    const looks = this.#operations.get(id)?.looks;
    if (looks === undefined) return notFound('OperationNotFound');
    const [body] = looks;
    if (looks.length > 1) looks.shift();
    return { status: 200, body };
  }

  cancel(id: string): Answer {
    const found = this.#operations.get(id)?.looks[0];
    if (found === undefined) return notFound('OperationNotFound');
    if (found.status !== 'RUNNING') return refusal(409, 'OperationEnded', `operation ${id} has ended ${found.status}`);
    const cancelled = { ...found, status: 'ABORTED', finishedAt: '2026-08-01T12:05:00.000Z' };
    this.#operations.set(id, { looks: [cancelled], request: '' });
    return { status: 202, body: cancelled, headers: { location: `/dev/v1/operations/${this.restart ?? id}` } };
  }

  /** Pages as the contract has them: up to `limit` of each kind, the newest first, `next` in need of encoding. */
  list({ kind, status, limit = '20', next }: Parameters): Answer {
    const from = next === undefined ? 0 : Number(JSON.parse(decodeURIComponent(next)).from);
    const heads = [...this.#operations.values()].flatMap(({ looks: [one] }) => one ?? []);
    const pages = OPERATION_KINDS.map((one) =>
      heads
        .filter((head) => head.kind === one && head.kind === (kind ?? one) && head.status === (status ?? head.status))
        .toSorted((a, b) => (a.startedAt < b.startedAt ? 1 : -1))
        .slice(from),
    );
    const to = from + Number(limit);
    return {
      status: 200,
      body: {
        operations: pages
          .flatMap((page) => page.slice(0, Number(limit)))
          .toSorted((a, b) => (a.startedAt < b.startedAt ? 1 : -1))
          .map((one) => ({
            ...{ id: one.id, kind: one.kind, status: one.status },
            ...{ startedAt: one.startedAt, finishedAt: one.finishedAt },
          })),
        next: pages.some((page) => page.length > Number(limit))
          ? encodeURIComponent(JSON.stringify({ from: to, 'a b': "+/=!'()*" }))
          : null,
      },
    };
  }
}

import type { World } from '../local/world.ts';
import { CANARY_SHAPES } from './secret-value.ts';

/** Hears everything that is printed, recorded, sent or stored, and keeps what must not be there. */
export class Witness {
  readonly leaks: string[] = [];
  #heard = 0;
  #forbidden: readonly string[] = CANARY_SHAPES;

  /** How many texts were searched. */
  get heard(): number {
    return this.#heard;
  }

  forbid(text: string): void {
    this.#forbidden = [...this.#forbidden, text];
  }

  hear(where: string, what: unknown): void {
    const text = typeof what === 'string' ? what : (JSON.stringify(what) ?? '');
    this.#heard += 1;
    const found = this.#forbidden.find((shape) => text.includes(shape)) ?? /bearer [\w-]{8}/i.exec(text)?.[0];
    if (found === undefined) return;
    const at = text.indexOf(found);
    this.leaks.push(`${where}: ...${text.slice(Math.max(0, at - 80), at + 40)}...`);
  }

  /** What nobody told while it happened: tables, messages, dead letters. */
  async search(world: World): Promise<void> {
    for (const TableName of [world.outputs.StateTableName, world.outputs.EvidenceTableName]) {
      this.hear(`table ${TableName}`, await world.aws.callAws('dynamodb', 'Scan', { TableName }));
    }
    this.hear('messages', world.aws.sns.published);
    for (const queueArn of world.aws.sqs.arns()) this.hear(`queue ${queueArn}`, world.aws.sqs.messages(queueArn));
  }
}

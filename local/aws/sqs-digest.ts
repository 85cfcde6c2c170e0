import { createHash } from 'node:crypto';
import type { MessageAttribute } from './sqs-queue.ts';

/** MD5 in hexadecimal: the SDKs compare it with what they sent and refuse the answer when it differs. */
export const md5 = (content: string | Buffer): string => createHash('md5').update(content).digest('hex');

const lengthFirst = (content: Buffer): Buffer => {
  const length = Buffer.alloc(4);
  length.writeUInt32BE(content.length);
  return Buffer.concat([length, content]);
};

const encoded = ([name, attribute]: readonly [string, MessageAttribute]): Buffer => {
  const binary = attribute.BinaryValue !== undefined;
  const value = binary ? Buffer.from(attribute.BinaryValue ?? '', 'base64') : Buffer.from(attribute.StringValue ?? '');
  return Buffer.concat([
    lengthFirst(Buffer.from(name)),
    lengthFirst(Buffer.from(attribute.DataType)),
    Buffer.from([binary ? 2 : 1]),
    lengthFirst(value),
  ]);
};

/** MD5 over message attributes as "Calculating the MD5 message digest for message attributes" tells; undefined for none. */
export const md5OfAttributes = (attributes: Readonly<Record<string, MessageAttribute>>): string | undefined => {
  const sorted = Object.entries(attributes).sort(([a], [b]) => (a < b ? -1 : 1));
  return sorted.length === 0 ? undefined : md5(Buffer.concat(sorted.map(encoded)));
};

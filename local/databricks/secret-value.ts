import { Refusal } from './answer.ts';
import { type Body, optionalText } from './request-body.ts';

// Standard alphabet with padding. That the service takes no other form is a guess on the strict side.
const BASE64 = /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/;

/**
 * The bytes that a put asks to store: exactly one of `string_value` (stored as UTF-8) and `bytes_value` (base64). That
 * an empty value is one is a guess. No refusal repeats a value.
 */
export const askedValue = (body: Body): Buffer => {
  const text = optionalText(body, 'string_value');
  const encoded = optionalText(body, 'bytes_value');
  if ((text === undefined) === (encoded === undefined)) {
    throw invalid('Exactly one of string_value and bytes_value must be specified.');
  }
  if (text !== undefined) return Buffer.from(text, 'utf8');
  if (!BASE64.test(encoded ?? '')) throw invalid('bytes_value is not valid base64.');
  return Buffer.from(encoded ?? '', 'base64');
};

/** Refuses more bytes than a secret may have. */
export const checkSize = (value: Buffer, most: number): void => {
  if (value.byteLength <= most) return;
  throw invalid(`The secret value has ${value.byteLength} bytes; at most ${most} are allowed.`);
};

const invalid = (message: string): Refusal => new Refusal(400, 'INVALID_PARAMETER_VALUE', message);

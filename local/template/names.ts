import { createHash } from 'node:crypto';

/**
 * A name in CloudFormation's manner, `<stack>-<logical id>-<12 letters>`, at most `most` characters long. The letters
 * come from the logical id, so that every run of a template gives the same names.
 */
export const physicalName = (stack: string, logicalId: string, most: number): string => {
  const letters = createHash('sha256').update(`${stack}/${logicalId}`).digest('hex').slice(0, 12).toUpperCase();
  const room = most - letters.length - 2;
  const stackPart = stack.slice(0, Math.max(1, room - logicalId.length, Math.floor(room / 2)));
  return `${stackPart}-${logicalId.slice(0, room - stackPart.length)}-${letters}`;
};

/** An id as API Gateway makes them, such as `te6si5ach7`: small letters and digits, the same in every run. */
export const shortId = (stack: string, logicalId: string, length: number): string => {
  const hash = createHash('sha256').update(`${stack}/${logicalId}`).digest('hex');
  return BigInt(`0x${hash}`).toString(36).padStart(length, '0').slice(0, length);
};

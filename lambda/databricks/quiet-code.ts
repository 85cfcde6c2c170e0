const CODE = /^(?:[A-Z][A-Z0-9_]{0,63}|\d{1,10})$/;

/**
 * A server's error code, if it is sure to be nothing else: it looks like one and is no part of what was sent, plain or
 * in base64 (an access key id looks like a code). Undefined otherwise.
 */
export const quietCode = (code: string | undefined, sent: unknown): string | undefined => {
  if (code === undefined || !CODE.test(code)) return undefined;
  const wanted = code.toLowerCase();
  const isEcho = textsOf(sent).some((text) => formsOf(text).some((form) => form.toLowerCase().includes(wanted)));
  return isEcho ? undefined : code;
};

const formsOf = (text: string): readonly string[] => [
  text,
  Buffer.from(text, 'utf8').toString('base64'),
  Buffer.from(text, 'base64').toString('latin1'),
];

const textsOf = (sent: unknown): readonly string[] => {
  if (typeof sent === 'string') return [sent];
  if (typeof sent === 'number') return [String(sent)];
  return typeof sent === 'object' && sent !== null ? Object.values(sent).flatMap(textsOf) : [];
};

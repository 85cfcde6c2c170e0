/** Begins every value that a run puts into AWS Secrets Manager; found anywhere else, it is a leak. */
const CANARY = 'c4n4ry-5e1f0b';

/** A value of its own, that can be told from all others. */
export const secretValue = (about: string): string => `${CANARY} ${about}`;

/** How a value looks whole and in base64. */
export const CANARY_SHAPES: readonly string[] = [CANARY, Buffer.from(CANARY).toString('base64').slice(0, 16)];

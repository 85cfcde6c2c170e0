/** Control characters, ends of lines and paragraphs, and signs that turn the direction of writing. */
const NOT_ONE_LINE = /[\p{Cc}\p{Zl}\p{Zp}\p{Bidi_Control}]+/gu;

/**
 * Text that others wrote, fit to stand in a line of a message: it cannot begin a line of its own, move a terminal's
 * cursor or hide what stands behind it.
 */
export const oneLine = (text: string): string => text.replace(NOT_ONE_LINE, ' ');

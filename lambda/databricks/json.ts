interface SourceContext {
  /** The literal as it stands in the text; only given for primitive values. */
  readonly source?: string;
}

const INTEGER = /^-?\d+$/;

const parseWithSource = JSON.parse as (
  text: string,
  reviver: (key: string, value: unknown, context: SourceContext) => unknown,
) => unknown;

/**
 * JSON without rounding: an integer that a JavaScript number cannot hold comes out as its decimal string
 * (Databricks ids are int64). Fails with a plain SyntaxError; do not pass that on, V8 quotes the text in it.
 */
export const parseJson = (text: string): unknown =>
  parseWithSource(text, (_key, value, { source }) =>
    typeof value === 'number' && !Number.isSafeInteger(value) && source !== undefined && INTEGER.test(source)
      ? source
      : value,
  );

/** `parseJson`, or undefined where the text is not JSON. */
export const parseJsonOrNothing = (text: string): { readonly value: unknown } | undefined => {
  try {
    return { value: parseJson(text) };
  } catch {
    return undefined;
  }
};

/**
 * JSON Schema, as much of it as draft 04 (API Gateway models) and 2020-12 (OpenAPI 3.1) mean in the same way, so that one
 * schema serves both.
 */
export interface Schema {
  readonly type?: SchemaType | readonly SchemaType[];
  readonly description?: string;
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly required?: readonly string[];
  readonly additionalProperties?: boolean | Schema;
  readonly items?: Schema;
  readonly enum?: readonly (string | number | boolean | null)[];
  readonly pattern?: string;
  readonly minLength?: number;
  readonly maxLength?: number;
  readonly minItems?: number;
  readonly maxItems?: number;
  readonly uniqueItems?: boolean;
  readonly minimum?: number;
  readonly maximum?: number;
  /** Sets of names, of which all of exactly one set, or of at least one, have to be there. */
  readonly oneOf?: readonly RequiredNames[];
  readonly anyOf?: readonly RequiredNames[];
}

interface RequiredNames {
  readonly required: readonly string[];
}

type SchemaType = 'object' | 'array' | 'string' | 'integer' | 'number' | 'boolean' | 'null';

/** An object of exactly these properties; those in `optional` may be absent. */
export const object = (
  properties: Readonly<Record<string, Schema>>,
  { optional = [], description }: { readonly optional?: readonly string[]; readonly description?: string } = {},
): Schema => {
  const required = Object.keys(properties).filter((name) => !optional.includes(name));
  return {
    type: 'object',
    ...(description !== undefined && { description }),
    properties,
    // Draft 04 wants at least one name.
    ...(required.length > 0 && { required }),
    additionalProperties: false,
  };
};

export const listOf = (items: Schema, description?: string): Schema => ({
  type: 'array',
  ...(description !== undefined && { description }),
  items,
});

export const text = (description: string): Schema => ({ type: 'string', description });
export const textOrNull = (description: string): Schema => ({ type: ['string', 'null'], description });
export const count = (description: string): Schema => ({ type: 'integer', minimum: 0, description });
export const flag = (description: string): Schema => ({ type: 'boolean', description });
export const oneOf = (values: readonly string[], description: string): Schema => ({
  type: 'string',
  enum: values,
  description,
});

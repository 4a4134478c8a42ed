import Ajv, { type ValidateFunction } from 'ajv';
import addFormats from 'ajv-formats';
import * as v from 'valibot';

/** A schema in the dialect of OpenAPI 3.0. */
export type Schema = Readonly<Record<string, unknown>>;
export const Schema = v.record(v.string(), v.unknown());

export interface Strictness {
  /** Whether every described property is required: in responses all are, in requests some. */
  readonly complete: boolean;
  /** The schema that a `$ref` names. */
  readonly resolve: (reference: string) => Schema;
}

/**
 * A schema as strict as it can be read. Objects have the properties that are described and no
 * others. Where the description leaves a type open (`items: {}`, `links`), the values that it gives
 * as examples say what belongs there.
 */
export function strict(
  schema: Schema,
  examples: readonly unknown[],
  strictness: Strictness,
): Schema {
  const { $ref, items, properties, ...rest } = schema;
  if (typeof $ref === 'string') return strict(strictness.resolve($ref), examples, strictness);
  const nullable = rest.nullable === true && Array.isArray(rest.enum);
  const common = nullable ? { ...rest, enum: [...asArray(rest.enum), null] } : rest;
  if (schema.type === 'array') {
    return {
      ...common,
      items: strict(asSchema(items) ?? {}, examples.flatMap(asArray), strictness),
    };
  }
  const shown = examples.map(asSchema).filter((example) => example !== undefined);
  const described = asSchema(properties) ?? mergeProperties(shown);
  if (!described) return common;
  const names = Object.keys(described);
  const inside = names.map((name) => {
    const values = shown.flatMap((example) => (name in example ? [example[name]] : []));
    return [name, strict(asSchema(described[name]) ?? {}, values, strictness)];
  });
  return {
    ...common,
    type: 'object',
    properties: Object.fromEntries(inside),
    required: strictness.complete ? names : asArray(schema.required),
    additionalProperties: false,
  };
}

/** The properties of an object that only examples describe, each of the type that it has there. */
function mergeProperties(shown: readonly Schema[]): Schema | undefined {
  if (shown.length === 0) return undefined;
  const merged: Schema = Object.assign({}, ...shown);
  const typed = ([name, value]: [string, unknown]) => [
    name,
    typeof value === 'string' ? { type: 'string' } : {},
  ];
  return Object.fromEntries(Object.entries(merged).map(typed));
}

const asSchema = (value: unknown): Schema | undefined =>
  v.is(Schema, value) && !Array.isArray(value) ? value : undefined;
const asArray = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : []);

/** What Twilio's descriptions use beyond JSON Schema. */
const KEYWORDS = [
  'example',
  'x-twilio',
  'x-class-extra-annotation',
  'x-field-extra-annotation',
  'x-getter-extra-annotation',
];
const FORMATS = {
  'date-time-rfc-2822': /^\w{3}, \d\d \w{3} \d{4} \d\d:\d\d:\d\d \+0000$/,
  'http-method': /^(GET|POST|PUT|DELETE)$/,
  'phone-number': /^\+\d{2,15}$/,
  'phone-number-capabilities': true,
  'uri-map': true,
  currency: /^[A-Z]{3}$/,
  endpoint: /./,
  twiml: /^</,
} as const;

function validator(coerceTypes: 'array' | false): Ajv {
  const ajv = new Ajv({ allErrors: true, strict: true, strictTypes: false, coerceTypes });
  addFormats(ajv);
  ajv.addVocabulary(KEYWORDS);
  // Paths of Twilio's older API are URIs to it, without a host.
  ajv.addFormat('uri', ajv.formats['uri-reference'] ?? true);
  for (const [name, format] of Object.entries(FORMATS)) ajv.addFormat(name, format);
  return ajv;
}

const json = validator(false);
const form = validator('array');

/** @param spelled whether values are texts that spell numbers, flags and lists, as in a form */
export function compile(schema: Schema, spelled: boolean): ValidateFunction {
  return (spelled ? form : json).compile(schema);
}

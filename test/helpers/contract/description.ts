import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { ValidateFunction } from 'ajv';
import * as v from 'valibot';
import { compile, Schema, strict } from './schema';

const Content = v.object({
  schema: Schema,
  examples: v.optional(v.record(v.string(), v.object({ value: v.unknown() })), {}),
});
const Parameter = v.object({
  name: v.string(),
  in: v.picklist(['path', 'query', 'header']),
  required: v.optional(v.boolean(), false),
  schema: Schema,
});
const Operation = v.object({
  operationId: v.string(),
  parameters: v.optional(v.array(Parameter), []),
  requestBody: v.optional(v.object({ content: v.record(v.string(), Content) })),
  responses: v.record(
    v.string(),
    v.object({ content: v.optional(v.record(v.string(), Content), {}) }),
  ),
});
const METHODS = ['get', 'post', 'delete', 'put'] as const;
const PathItem = v.object({
  servers: v.tuple([v.object({ url: v.string() })]),
  ...v.entriesFromList(METHODS, v.optional(Operation)),
});
const Document = v.object({
  paths: v.record(v.string(), PathItem),
  components: v.object({ schemas: v.record(v.string(), Schema) }),
});

/** One method of one path, with validators of requests and responses. */
export interface DescribedOperation {
  /** Such as CreateBuild. */
  readonly id: string;
  readonly host: string;
  readonly method: string;
  /** Matches a path, its variable parts as named groups. */
  readonly path: RegExp;
  readonly pathParameters: ValidateFunction;
  readonly query: ValidateFunction;
  /** Undefined where a request has no body. */
  readonly form: ValidateFunction | undefined;
  /** By status; undefined where the response is empty. */
  readonly responses: ReadonlyMap<number, ValidateFunction | undefined>;
  /** The responses that the description shows. */
  readonly examples: readonly { readonly status: number; readonly body: unknown }[];
}

/** Reads one of Twilio's OpenAPI descriptions: https://github.com/twilio/twilio-oai */
export function readDescription(file: string): DescribedOperation[] {
  const text = readFileSync(join(__dirname, '..', 'fixtures', 'twilio-oai', file), 'utf8');
  const document = v.parse(Document, JSON.parse(text));
  const resolve = (reference: string): Schema => {
    const schema = document.components.schemas[reference.replace('#/components/schemas/', '')];
    if (!schema) throw new Error(`${file} has no ${reference}`);
    return schema;
  };
  return Object.entries(document.paths).flatMap(([path, item]) =>
    METHODS.flatMap((method) => {
      const operation = item[method];
      return operation ? [describe(item.servers[0].url, path, method, operation, resolve)] : [];
    }),
  );
}

function describe(
  server: string,
  path: string,
  method: string,
  operation: v.InferOutput<typeof Operation>,
  resolve: (reference: string) => Schema,
): DescribedOperation {
  const { parameters, requestBody, responses } = operation;
  const place = (name: 'path' | 'query') => {
    const here = parameters.filter((parameter) => parameter.in === name);
    const properties = Object.fromEntries(here.map(({ name: key, schema }) => [key, schema]));
    const required = here.filter((parameter) => parameter.required).map(({ name: key }) => key);
    const schema = { type: 'object', properties, required };
    return compile(strict(schema, [], { complete: false, resolve }), true);
  };
  const form = requestBody?.content['application/x-www-form-urlencoded'];
  const answered = Object.entries(responses).map(([status, { content }]) => {
    const json = content['application/json'];
    const examples = Object.values(json?.examples ?? {}).map(({ value }) => value);
    const schema = json && strict(json.schema, examples, { complete: true, resolve });
    return { status: Number(status), examples, check: schema && compile(schema, false) };
  });
  return {
    id: operation.operationId,
    host: new URL(server).host,
    method: method.toUpperCase(),
    path: new RegExp(`^${path.replaceAll('.', '\\.').replace(/\{(\w+)\}/g, '(?<$1>[^/]+?)')}$`),
    pathParameters: place('path'),
    query: place('query'),
    form: form && compile(strict(form.schema, [], { complete: false, resolve }), true),
    responses: new Map(answered.map(({ status, check }) => [status, check])),
    examples: answered.flatMap(({ status, examples }) =>
      examples.map((body) => ({ status, body })),
    ),
  };
}

import { parse } from 'node:querystring';
import type { ValidateFunction } from 'ajv';
import type { RecordedExchange } from '../../../sandbox/rehearsal/recorder';
import { type DescribedOperation, readDescription } from './description';
import { compile } from './schema';

/** The operation of one request and response, and where they depart from Twilio's description. */
export interface ExchangeCheck {
  /** Such as CreateBuild; undefined when Twilio describes no such operation. */
  readonly operation: string | undefined;
  readonly problems: readonly string[];
}

const MULTIPART = compile(
  {
    type: 'object',
    properties: {
      Path: { type: 'string', pattern: '^/', maxLength: 255 },
      Visibility: { type: 'string', enum: ['public', 'protected', 'private'] },
      Content: {
        type: 'object',
        properties: { filename: { type: 'string' }, type: { type: 'string', pattern: '/' } },
        required: ['filename', 'type'],
      },
    },
    required: ['Path', 'Visibility', 'Content'],
    additionalProperties: false,
  },
  false,
);

/** https://www.twilio.com/docs/usage/twilios-response#response-formats-exceptions */
const ERROR = compile(
  {
    type: 'object',
    properties: {
      code: { type: 'integer', minimum: 10000 },
      message: { type: 'string', minLength: 1 },
      more_info: { type: 'string', format: 'uri', pattern: '^https://www.twilio.com/docs/' },
      status: { type: 'integer' },
    },
    required: ['code', 'message', 'more_info', 'status'],
    additionalProperties: false,
  },
  false,
);

interface ContractOperation extends DescribedOperation {
  readonly multipart?: ValidateFunction;
}

/** The operations of the APIs that this project uses. */
export const operations: readonly ContractOperation[] = [
  ...withUploads(readDescription('twilio_serverless_v1.json')),
  ...readDescription('twilio_api_v2010.cut.json'),
  ...readDescription('twilio_monitor_v1.cut.json'),
];

/**
 * Uploads are in no description. Their response is taken to be the version that a fetch gives, which
 * the toolkit relies on: https://www.twilio.com/docs/serverless/api/resource/asset-version
 */
function withUploads(described: readonly DescribedOperation[]): ContractOperation[] {
  const uploads = ['Asset', 'Function'].map((kind) => {
    const list = find(described, `List${kind}Version`);
    const fetched = find(described, `Fetch${kind}Version`);
    return {
      ...list,
      id: `Upload${kind}Version`,
      host: 'serverless-upload.twilio.com',
      method: 'POST',
      query: compile({ type: 'object', additionalProperties: false }, true),
      multipart: MULTIPART,
      responses: new Map([[201, fetched.responses.get(200)]]),
      examples: [],
    };
  });
  return [...described, ...uploads];
}

function find(described: readonly DescribedOperation[], id: string): DescribedOperation {
  const found = described.find((operation) => operation.id === id);
  if (!found) throw new Error(`The description has no ${id}`);
  return found;
}

/** Compares one request and response with Twilio's description. */
export async function checkExchange(exchange: RecordedExchange): Promise<ExchangeCheck> {
  const [path = '', query = ''] = exchange.target.split('?', 2);
  const operation = operations.find(
    (candidate) => candidate.method === exchange.method && candidate.path.test(path),
  );
  if (!operation) {
    return { operation: undefined, problems: [`${exchange.method} ${path} is not described`] };
  }
  const problems = [
    ...hostProblems(operation, exchange),
    ...complaints('path', operation.pathParameters, { ...operation.path.exec(path)?.groups }),
    ...complaints('query', operation.query, fields(query)),
    ...(await bodyProblems(operation, exchange)),
    ...responseProblems(operation, exchange),
  ];
  const where = `${operation.id} (${exchange.method} ${path})`;
  return { operation: operation.id, problems: problems.map((problem) => `${where}: ${problem}`) };
}

/** On a loopback address, one listener serves all hosts. */
function hostProblems({ host }: ContractOperation, exchange: RecordedExchange): string[] {
  const loopback = /^(127\.0\.0\.1|localhost)(:|$)/.test(exchange.host);
  return loopback || exchange.host === host ? [] : [`sent to ${exchange.host}, not to ${host}`];
}

async function bodyProblems(
  { form, multipart }: ContractOperation,
  { requestHeaders, requestBody }: RecordedExchange,
): Promise<string[]> {
  const type = requestHeaders['content-type'] ?? '';
  if (multipart) {
    if (!type.startsWith('multipart/form-data')) return [`the upload is ${type}`];
    return complaints('upload', multipart, await multipartFields(type, requestBody));
  }
  if (!form) return requestBody.length > 0 ? ['a body was sent where none belongs'] : [];
  if (requestBody.length > 0 && !/^application\/x-www-form-urlencoded\b/.test(type)) {
    return [`the form is ${type}`];
  }
  return complaints('form', form, fields(requestBody.toString()));
}

function responseProblems(
  { responses }: ContractOperation,
  { status, contentType, responseBody }: RecordedExchange,
): string[] {
  if (!responses.has(status) && status < 400) return [`answered ${status}`];
  const check = status < 400 ? responses.get(status) : ERROR;
  if (!check) return responseBody.length > 0 ? [`answered ${status} with a body`] : [];
  if (!contentType?.startsWith('application/json')) return [`answered as ${contentType}`];
  const body: unknown = JSON.parse(responseBody.toString());
  return complaints(`response ${status}`, check, body);
}

function complaints(place: string, check: ValidateFunction, value: unknown): string[] {
  if (check(value)) return [];
  return (check.errors ?? []).map(
    ({ instancePath, message, params }) =>
      `${place}${instancePath} ${message} ${JSON.stringify(params)}`,
  );
}

/** Each name with its value, or its values if it is repeated. */
function fields(encoded: string): Record<string, unknown> {
  return { ...parse(encoded, '&', '=', { maxKeys: 0 }) };
}

async function multipartFields(type: string, body: Buffer): Promise<Record<string, unknown>> {
  const bytes = new Uint8Array(body);
  const form = await new Response(bytes, { headers: { 'content-type': type } }).formData();
  return Object.fromEntries(
    [...form].map(([name, value]) => [
      name,
      typeof value === 'string' ? value : { filename: value.name, type: value.type },
    ]),
  );
}

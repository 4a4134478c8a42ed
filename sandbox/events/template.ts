import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import * as v from 'valibot';
import { parseDocument, type ScalarTag } from 'yaml';
import { PROJECT_DIRECTORY } from '../../cli/project';

/** The template that connects a bucket on AWS with a deployment. */
export const EVENTS_TEMPLATE = join(PROJECT_DIRECTORY, 'infra/s3-events.yaml');

/** https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/intrinsic-function-reference.html */
const SHORT_FORMS: readonly ScalarTag[] = [
  { tag: '!Ref', resolve: (name) => ({ Ref: name }) },
  { tag: '!Sub', resolve: (text) => ({ 'Fn::Sub': text }) },
  { tag: '!GetAtt', resolve: (path) => ({ 'Fn::GetAtt': splitOnce(path, '.') }) },
];

const template = v.object({
  Parameters: v.record(
    v.string(),
    v.looseObject({ Type: v.string(), AllowedPattern: v.optional(v.string()) }),
  ),
  Resources: v.record(
    v.string(),
    v.looseObject({ Type: v.string(), Properties: v.record(v.string(), v.unknown()) }),
  ),
  Outputs: v.record(v.string(), v.looseObject({ Value: v.unknown() })),
});

/** A CloudFormation template in its long form, as JSON would have it. */
export type Template = v.InferOutput<typeof template>;

/** @throws {Error} for what is no template, and for a short form that it does not know */
export function parseTemplate(yaml: string): Template {
  const document = parseDocument(yaml, { customTags: [...SHORT_FORMS] });
  const [problem] = [...document.errors, ...document.warnings];
  if (problem) throw problem;
  return v.parse(template, document.toJS());
}

const delivery = v.object({
  EventPattern: v.record(v.string(), v.unknown()),
  Targets: v.tuple([
    v.object({
      Arn: v.object({ 'Fn::GetAtt': v.tuple([v.string(), v.literal('Arn')]) }),
      RoleArn: v.unknown(),
      Id: v.string(),
      Input: v.string(),
      RetryPolicy: v.object({
        MaximumEventAgeInSeconds: v.number(),
        MaximumRetryAttempts: v.number(),
      }),
      DeadLetterConfig: v.unknown(),
    }),
  ]),
});
const destination = v.object({
  ConnectionArn: v.object({ 'Fn::GetAtt': v.tuple([v.string(), v.literal('Arn')]) }),
  HttpMethod: v.string(),
  InvocationEndpoint: v.string(),
  InvocationRateLimitPerSecond: v.number(),
});
const connection = v.object({
  AuthParameters: v.object({
    ApiKeyAuthParameters: v.object({ ApiKeyName: v.string(), ApiKeyValue: v.string() }),
  }),
});

/** What a rule does with an event that matches. */
export interface Delivery {
  readonly pattern: Readonly<Record<string, unknown>>;
  readonly method: string;
  readonly url: string;
  readonly header: { readonly name: string; readonly value: string };
  readonly body: string;
  readonly callsPerSecond: number;
  readonly maxAgeMs: number;
  readonly maxRetries: number;
}

/**
 * How the template's rule for changes delivers an event, with these values as the stack's parameters.
 *
 * @throws {Error} when the template has another form
 */
function readDelivery(
  { Resources }: Template,
  parameters: Readonly<Record<string, string>>,
): Delivery {
  const propertiesOf = (name: string) => resolve(Resources[name]?.Properties, parameters);
  const { EventPattern, Targets } = v.parse(delivery, propertiesOf('ChangesRule'));
  const [{ Arn, Input, RetryPolicy }] = Targets;
  const to = v.parse(destination, propertiesOf(Arn['Fn::GetAtt'][0]));
  const { AuthParameters } = v.parse(connection, propertiesOf(to.ConnectionArn['Fn::GetAtt'][0]));
  const { ApiKeyName, ApiKeyValue } = AuthParameters.ApiKeyAuthParameters;
  return {
    pattern: EventPattern,
    method: to.HttpMethod,
    url: to.InvocationEndpoint,
    header: { name: ApiKeyName, value: ApiKeyValue },
    body: Input,
    callsPerSecond: to.InvocationRateLimitPerSecond,
    maxAgeMs: RetryPolicy.MaximumEventAgeInSeconds * 1000,
    maxRetries: RetryPolicy.MaximumRetryAttempts,
  };
}

/** The template of this project, with the values of a deployment. */
export function readProjectDelivery(parameters: Readonly<Record<string, string>>): Delivery {
  return readDelivery(parseTemplate(readFileSync(EVENTS_TEMPLATE, 'utf8')), parameters);
}

/** Puts the parameters' values in the place of references to them. Others stay. */
function resolve(value: unknown, parameters: Readonly<Record<string, string>>): unknown {
  if (Array.isArray(value)) return value.map((item) => resolve(item, parameters));
  if (typeof value !== 'object' || value === null) return value;
  if ('Ref' in value && typeof value.Ref === 'string') return parameters[value.Ref] ?? value;
  if ('Fn::Sub' in value && typeof value['Fn::Sub'] === 'string') {
    return value['Fn::Sub'].replace(/\$\{(\w+)\}/g, (all, name) => parameters[name] ?? all);
  }
  return Object.fromEntries(
    Object.entries(value).map(([name, item]) => [name, resolve(item, parameters)]),
  );
}

function splitOnce(text: string, separator: string): readonly string[] {
  const at = text.indexOf(separator);
  return at === -1 ? [text] : [text.slice(0, at), text.slice(at + 1)];
}

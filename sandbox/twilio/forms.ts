import { parse } from 'node:querystring';
import type { Request } from 'express';
import * as v from 'valibot';
import { invalid } from './errors';

/** A required text; its length is counted in characters. */
export const text = (maxCharacters: number) =>
  v.pipe(v.string(), v.nonEmpty(), v.maxLength(maxCharacters));

/** `true` or `false`. */
export const flag = v.pipe(
  v.string(),
  v.toLowerCase(),
  v.picklist(['true', 'false']),
  v.transform((value) => value === 'true'),
);

/** A SID with that prefix. */
export const sid = (prefix: string) =>
  v.pipe(v.string(), v.regex(new RegExp(`^${prefix}[0-9a-fA-F]{32}$`), `must be a ${prefix} SID`));

/** SIDs with that prefix, from a field that is repeated; none if it is missing. */
export const sids = (prefix: string) =>
  v.pipe(
    v.optional(v.union([v.string(), v.array(v.string())]), []),
    v.transform((value) => [value].flat()),
    v.array(sid(prefix)),
  );

/**
 * Reads an urlencoded body. Fields that the schema does not know are ignored, as Twilio does: its
 * toolkit sends some.
 *
 * @throws {ApiError} 400 naming the first bad field
 */
export function readForm<const Schema extends v.GenericSchema>(
  schema: Schema,
  { body }: Pick<Request, 'body'>,
): v.InferOutput<Schema> {
  const fields = typeof body === 'string' ? parse(body, '&', '=', { maxKeys: 0 }) : {};
  return readFields(schema, fields);
}

/** Checks fields that are parsed already. @throws {ApiError} 400 naming the first bad one */
export function readFields<const Schema extends v.GenericSchema>(
  schema: Schema,
  fields: unknown,
): v.InferOutput<Schema> {
  const { success, output, issues } = v.safeParse(schema, fields);
  if (success) return output;
  const name = v.getDotPath(issues[0]) ?? 'body';
  const missing = issues[0].received === 'undefined';
  throw invalid(
    missing
      ? `Missing required parameter ${name} in the post body`
      : `${name} is invalid: ${issues[0].message}`,
  );
}

/** Reads the query. @throws {ApiError} 400 naming the first bad parameter */
export function readQuery<const Schema extends v.GenericSchema>(
  schema: Schema,
  { query }: Request,
): v.InferOutput<Schema> {
  return readFields(schema, query);
}

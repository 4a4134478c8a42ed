import * as v from 'valibot';
import { invalid } from '../errors';
import type { Dependency } from './records';

const Dependencies = v.array(
  v.object({ name: v.pipe(v.string(), v.nonEmpty()), version: v.pipe(v.string(), v.nonEmpty()) }),
);

/**
 * Reads a Build's `Dependencies`: a JSON array of name and version. twilio-labs' client puts one
 * more pair of quotes around it, without escaping those inside. Throws 400 for anything else.
 * https://www.twilio.com/docs/serverless/api/resource/build
 */
export function parseDependencies(text: string): Dependency[] {
  const json = /^"\[.*\]"$/s.test(text) ? text.slice(1, -1) : text;
  try {
    return v.parse(Dependencies, JSON.parse(json));
  } catch {
    throw invalid('Dependencies must be a JSON array of objects with name and version.');
  }
}

import * as v from 'valibot';

const LOOPBACK_HOST = /^(localhost|127(\.\d{1,3}){3}|\[::1\])(:\d+)?$/;

/** Whether a host, with or without a port, names this machine. */
export function isLoopback(host: string): boolean {
  return LOOPBACK_HOST.test(host);
}

/** An empty variable is an unset one: that is how .env templates leave them. */
const text = v.pipe(
  v.unknown(),
  v.transform((value) => (value === '' ? undefined : value)),
);

export const required = v.pipe(text, v.string('is not set'));
export const optional = v.pipe(text, v.optional(v.string('must be text')));

/** Text of a certain form, or nothing. */
export function matching(form: RegExp, message: string) {
  return v.pipe(text, v.optional(v.pipe(v.string('must be text'), v.regex(form, message))));
}

/** One of a few words; the first is the default. */
export function oneOf<const Words extends readonly [string, ...string[]]>(words: Words) {
  const message = `must be ${words.join(' or ')}`;
  return v.pipe(text, v.optional(v.picklist(words, message), words[0]));
}

/** A whole number within bounds, such as of seconds. */
export function whole(what: string, least: number, most: number, fallback: number) {
  return v.pipe(
    optional,
    v.transform((value) => Number(value ?? fallback)),
    v.check(
      (value) => Number.isInteger(value) && value >= least && value <= most,
      `must be a whole number of ${what} from ${least} to ${most}`,
    ),
  );
}

/** Origin of a server, or nothing. */
export const origin = v.pipe(
  optional,
  v.check(
    (value) => value === undefined || isOrigin(value),
    'must be an origin without a path, such as https://storage.example.com (http only for localhost)',
  ),
  v.transform((value) => value?.replace(/\/$/, '')),
);

function isOrigin(value: string): boolean {
  if (!URL.canParse(value)) return false;
  const { origin, protocol, host } = new URL(value);
  const safe = protocol === 'https:' || (protocol === 'http:' && isLoopback(host));
  return safe && origin === value.replace(/\/$/, '');
}

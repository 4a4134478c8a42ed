/** Hides secrets and phone numbers, and shows whether two hidden values are the same. */
export interface Mask {
  /** The value of a query parameter; this and all others in canonical spelling. */
  value(name: string, value: string): string;
  /** `X-Amz-Date=20130524T000000Z` */
  pair(pair: string): string;
  /** Any other text, such as a path, that may hold a whole query in escaped form. */
  text(text: string): string;
}

const SECRET_NAME =
  /signature|security-?token|credential|access-?key-?id|secret|password|authorization|^sig$|token$/i;
/** A credential with its scope, which stays: it holds day, region and service. */
const CREDENTIAL = /^(.+?)((?:%(?:25)*2F)\d{8}(?:%(?:25)*2F).*)$/i;
/** A secret within a URL that was escaped into a name, a value or a path, once or more. */
const EMBEDDED =
  /((?:signature|(?<![a-z])sig|security-?token|credential|access-?key-?id)(?:=|%(?:25)*3D))(.+?)(?=&|%(?:25)*(?:26|3B|2F\d{8}%)|$)/gi;
/** A number of seconds, however long: no phone number. */
const LIFE = /^X-Amz-Expires=\d+$/;
/**
 * Seven to fifteen digits at the beginning or after a character that was escaped, once or more, such
 * as + or = or a quote. Digits after a slash that was not escaped are the key's own, and a
 * credential's day is no phone number.
 */
const PHONE_NUMBER =
  /(?<=^|~|%(?:25)*[2-7][0-9A-F])(?!\d{8}(?<slash>%(?:25)*2F)[\w-]+\k<slash>)\d{7,15}(?![0-9A-Za-z])/gi;

export interface MaskOptions {
  /** Whether phone numbers stay, as those of a sandbox may. */
  readonly showsNumbers?: boolean;
}

/** Numbers the values that it hides, so that a changed value differs from the first. */
export function createMask({ showsNumbers = false }: MaskOptions = {}): Mask {
  const hidden = new Map<string, string[]>();

  function hide(value: string, kind: string, shown: string): string {
    if (value === '') return '';
    const known = hidden.get(kind) ?? [];
    if (!known.includes(value)) hidden.set(kind, [...known, value]);
    const number = known.includes(value) ? known.indexOf(value) + 1 : known.length + 1;
    return number === 1 ? shown : `${shown}(${number})`;
  }

  // The first four characters say whether a key is permanent (AKIA) or temporary (ASIA).
  const hideKeyId = (id: string) =>
    hide(id, 'X-Amz-Credential', `${/^A[KS]IA/.exec(id)?.[0] ?? ''}****`);
  const hideSecret = (_: string, name: string, secret: string) => name + hide(secret, name, '****');
  const hideNumber = (number: string) => {
    const start = number.slice(0, 4);
    return hide(number, start, `${start}…`);
  };
  const text = (given: string) => {
    const safe = given.replace(EMBEDDED, hideSecret);
    return showsNumbers ? safe : safe.replace(PHONE_NUMBER, hideNumber);
  };

  function value(name: string, given: string): string {
    if (SECRET_NAME.test(name)) {
      const [, id, scope] = CREDENTIAL.exec(given) ?? [];
      return id && scope ? hideKeyId(id) + text(scope) : hide(given, name, '****');
    }
    return LIFE.test(`${name}=${given}`) ? given : text(given);
  }

  function pair(given: string): string {
    const at = given.indexOf('=');
    const name = given.slice(0, at);
    return `${text(name)}=${value(name, given.slice(at + 1))}`;
  }

  return { value, text, pair };
}

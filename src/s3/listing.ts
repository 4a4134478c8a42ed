import { SaxesParser } from 'saxes';
import { codeIn, foreignAnswer, refusalError } from './errors';
import type { ObjectResponse } from './request';

/** One page of ListObjectsV2, as the server wrote it. */
export interface ListingPage {
  /** Of each object what FIELDS has, by element name. */
  readonly contents: readonly ReadonlyMap<string, string>[];
  /** Groups of keys, which nobody asked for. */
  readonly prefixes: number;
  /** Some servers leave it out. */
  readonly keyCount: number;
  /** The next page; undefined after the last one. */
  readonly next: { readonly token: string | undefined } | undefined;
}

/** What is read of an object; a listing has more, such as its owner. */
const FIELDS = ['Key', 'ETag', 'Size', 'LastModified', 'StorageClass'];

/**
 * Reads a page of a listing. What does not say that it is one is not S3's, such as a page of XHTML:
 * an incomplete listing must not pass for a whole one.
 *
 * https://docs.aws.amazon.com/AmazonS3/latest/API/API_ListObjectsV2.html
 *
 * @throws {S3Error} of the kind "unusable"; for an error with a good status, that error
 */
export function readListing(response: ObjectResponse, now: Date): ListingPage {
  const { status, headers, body } = response;
  // XML allows nothing before its declaration; some servers begin with a line break.
  const parsed = parse(body.toString().trimStart());
  if (parsed === undefined) throw foreignAnswer(status, 'in a form that cannot be read');
  const { root, fields, contents, prefixes } = parsed;
  if (root === 'Error') {
    // An answer that had begun well: https://docs.aws.amazon.com/AmazonS3/latest/API/API_CopyObject.html
    throw refusalError({ status: 503, code: codeIn(body), headers }, 's3:ListBucket', now);
  }
  const isTruncated = fields.get('IsTruncated')?.trim().toLowerCase();
  // Each server says whether a page is the last one; some leave out KeyCount or Name.
  if (root !== 'ListBucketResult' || (isTruncated !== 'true' && isTruncated !== 'false')) {
    throw foreignAnswer(status, 'without a listing');
  }
  const next = isTruncated === 'true' ? { token: fields.get(TOKEN) || undefined } : undefined;
  return { contents, prefixes, keyCount: Number(fields.get('KeyCount') ?? 0), next };
}

const TOKEN = 'NextContinuationToken';

/** The element with a token of the characters that are written as they are. */
const PLAIN_TOKEN = /<NextContinuationToken>([\w+/=.:~-]+)<\/NextContinuationToken>/;

/**
 * The token of the next page, found before the page is parsed, so that S3 can be asked for the next
 * one meanwhile.
 *
 * @returns undefined where there is none, or none that is found so easily
 */
export function peekToken({ body }: ObjectResponse): string | undefined {
  return PLAIN_TOKEN.exec(body.toString('latin1'))?.[1];
}

interface ParsedPage {
  readonly root: string;
  /** The root's children that hold text. */
  readonly fields: ReadonlyMap<string, string>;
  readonly contents: readonly ReadonlyMap<string, string>[];
  readonly prefixes: number;
}

/**
 * References to characters that XML 1.0 forbids, by code. Keys may hold them, and S3 writes them like
 * this. The parser takes the characters themselves.
 *
 * https://www.w3.org/TR/xml/#charsets
 */
const FORBIDDEN =
  /&#(?:x0*([0-8bcef]|1[0-9a-f]|fff[ef])|0*([0-8]|1[124-9]|2[0-9]|3[01]|6553[45]));/gi;

function characterOf(_: string, hex: string | undefined, decimal: string): string {
  return String.fromCharCode(hex === undefined ? Number(decimal) : Number.parseInt(hex, 16));
}

/** Text as it is written, without control characters; only these characters are written otherwise. */
const TEXT =
  '[^<>&\\0-\\x1f\\ufffe\\uffff]*(?:&(?:quot|amp|lt|gt|apos);[^<>&\\0-\\x1f\\ufffe\\uffff]*)*';
const OWNER = `<Owner>(?:<(ID|DisplayName)>${TEXT}</\\2>)*</Owner>`;

/**
 * An object as servers write almost all of them. The parser takes 8 ms for a page of 1,000 objects, and
 * 50 for the first page of a process; to find them like this takes 3 and 14.
 */
const PLAIN_OBJECT = new RegExp(`<Contents>((?:${OWNER}|<(\\w+)>${TEXT}</\\3>)*)</Contents>`, 'g');

const CHARACTERS: Readonly<Record<string, string>> = {
  quot: '"',
  amp: '&',
  lt: '<',
  gt: '>',
  apos: "'",
};

const REFERENCE = /&(\w+);/g;

function characterNamed(_: string, name: string): string {
  return CHARACTERS[name] ?? '';
}

/** @param elements of a plain object */
function readPlainObject(elements: string): Map<string, string> {
  const object = new Map<string, string>();
  for (const name of FIELDS) {
    const tag = elements.indexOf(`<${name}>`);
    if (tag === -1) continue;
    const start = tag + name.length + 2;
    const text = elements.slice(start, elements.indexOf('<', start));
    object.set(name, text.includes('&') ? text.replace(REFERENCE, characterNamed) : text);
  }
  return object;
}

/**
 * Takes the objects out of a page; none where one of them is not plain, or where a comment or a section of
 * CDATA may hold anything.
 */
function takePlainObjects(xml: string): { contents: Map<string, string>[]; rest: string } {
  const contents: Map<string, string>[] = [];
  const rest = xml.replace(PLAIN_OBJECT, (_, elements) => {
    contents.push(readPlainObject(elements));
    return '';
  });
  return /<!|<Contents/.test(rest) ? { contents: [], rest: xml } : { contents, rest };
}

/** @returns undefined for what is no whole document */
function parse(xml: string): ParsedPage | undefined {
  const { contents, rest } = takePlainObjects(xml);
  const parser = new SaxesParser();
  parser.on('error', (error) => {
    if (!error.message.endsWith(': disallowed character.')) throw error;
  });
  const path: string[] = [];
  const fields = new Map<string, string>();
  let prefixes = 0;
  let root = '';
  let text = '';
  let object = new Map<string, string>();
  parser.on('opentag', ({ name }) => {
    path.push(name);
    text = '';
    if (path.length === 1) root = name;
    if (path.length !== 2) return;
    if (name === 'Contents') {
      object = new Map();
      contents.push(object);
    }
    if (name === 'CommonPrefixes') prefixes += 1;
  });
  const collect = (piece: string) => {
    text += piece;
  };
  parser.on('text', collect);
  parser.on('cdata', collect);
  parser.on('closetag', ({ name }) => {
    if (path.length === 2) fields.set(name, text);
    if (path.length === 3 && path[1] === 'Contents' && FIELDS.includes(name))
      object.set(name, text);
    path.pop();
  });
  try {
    parser.write(rest.replace(FORBIDDEN, characterOf)).close();
  } catch {
    return undefined;
  }
  return { root, fields, contents, prefixes };
}

/** Epoch milliseconds, in whichever form a server has dates: S3's are in UTC, whether they say so or not. */
export function timeOf(date: string): number {
  return Date.parse(/(Z|GMT|UTC|[+-]\d\d:?\d\d)$/i.test(date) ? date : `${date}Z`);
}

import { PlayError } from './errors';
import { GLOB_CHARACTERS } from './limits';

/** The glob has a syntax that is not ours; the message says which, and what to write. */
export class GlobError extends PlayError {}

/**
 * One step of a glob: it takes a character, takes any number of them, or leads on to other steps. The
 * step after the last one is the end.
 */
type Step = { readonly kind: 'one' | 'any'; readonly takes: Test } | Fork;

interface Fork {
  readonly kind: 'fork';
  /** Indexes of steps. */
  to: readonly number[];
}

type Test = (character: string) => boolean;

/** A glob, ready to match keys. */
export type Glob = readonly Step[];

/**
 * Reads a glob:
 *
 * - `*` is any characters but `/`, also none
 * - `**` as a whole folder is any folders, also none; at the end, all that is in them
 * - `?` is one character but `/`
 * - `[a-z]` is one of these, `[!a-z]` or `[^a-z]` one of all others; neither is `/`
 * - `{a,b}` is either, and may hold globs
 * - `\` makes the next character a plain one
 *
 * All else stands for itself, except for what other globs use for more: that is refused, so that it
 * does not silently select something else.
 *
 * @throws {GlobError}
 */
export function parseGlob(text: string): Glob {
  if (text.startsWith('!')) {
    throw new GlobError(
      'a glob cannot be negated by "!": exclude what it matches (write \\! for the character)',
    );
  }
  if (text.length > GLOB_CHARACTERS) {
    throw new GlobError(`a glob has ${GLOB_CHARACTERS} characters at most`);
  }
  if (text.startsWith('./')) throw new GlobError('a glob begins like a key, without "./"');
  return new Parser([...text]).parse();
}

/**
 * Whether a glob matches all of a key. Each step is looked at once a character at most, so the work
 * is at most the glob's length times the key's, whatever both hold: a regular expression may go back
 * and take ages.
 *
 * https://swtch.com/~rsc/regexp/regexp1.html
 */
export function matchesGlob(glob: Glob, key: string): boolean {
  let steps = follow(glob, [0]);
  for (const character of key) {
    const next: number[] = [];
    for (const index of steps) {
      const step = glob[index];
      if (step === undefined || step.kind === 'fork' || !step.takes(character)) continue;
      next.push(step.kind === 'any' ? index : index + 1);
    }
    steps = follow(glob, next);
  }
  return steps.has(glob.length);
}

/** These steps, and those that can follow them without another character. */
function follow(glob: Glob, from: number[]): Set<number> {
  const reached = new Set<number>();
  const open = from;
  for (let index = open.pop(); index !== undefined; index = open.pop()) {
    if (reached.has(index)) continue;
    reached.add(index);
    const step = glob[index];
    if (step?.kind === 'fork') open.push(...step.to);
    else if (step?.kind === 'any') open.push(index + 1);
  }
  return reached;
}

/**
 * Splits a list of globs at its commas, not at those of `{a,b}`, of `[,]` or behind `\`.
 */
export function splitGlobs(list: string): string[] {
  const globs = [''];
  let depth = 0;
  for (const [part = ''] of list.matchAll(/\\.?|\[(?:\\.|[^\]\\])*\]?|./gs)) {
    if (part === '{') depth += 1;
    if (part === '}') depth = Math.max(0, depth - 1);
    if (part === ',' && depth === 0) globs.push('');
    else globs.push((globs.pop() ?? '') + part);
  }
  return globs.map((glob) => glob.trim()).filter(Boolean);
}

const anything = () => true;
const withinFolder = (character: string) => character !== '/';

class Parser {
  readonly #steps: Step[] = [];
  #at = 0;

  constructor(private readonly characters: readonly string[]) {}

  parse(): Glob {
    this.#sequence(0);
    return this.#steps;
  }

  /** Reads up to the end, or in braces up to their comma or their end. */
  #sequence(depth: number): void {
    for (;;) {
      const character = this.characters[this.#at];
      if (character === undefined) return;
      if (depth > 0 && (character === ',' || character === '}')) return;
      this.#at += 1;
      this.#read(character, depth);
    }
  }

  #read(character: string, depth: number): void {
    if (character === '*') this.#stars(depth);
    else if (character === '{') this.#braces(depth);
    else this.#one(this.#test(character));
  }

  /** Reads what takes one character. */
  #test(character: string): Test {
    switch (character) {
      case '?':
        return withinFolder;
      case '[':
        return this.#class();
      case '\\':
        return same(this.#next('a \\ needs a character behind it'));
      case '(':
      case ')':
      case '|':
        throw new GlobError(
          `"${character}" has no meaning in these globs: write {a,b} for either of two, and \\${character} for the character`,
        );
      default:
        return same(character);
    }
  }

  #one(takes: Test): void {
    this.#steps.push({ kind: 'one', takes });
  }

  #any(takes: Test): void {
    this.#steps.push({ kind: 'any', takes });
  }

  #stars(depth: number): void {
    if (this.characters[this.#at] !== '*') {
      this.#any(withinFolder);
      return;
    }
    const before = this.characters[this.#at - 2];
    this.#at += 1;
    const after = this.characters[this.#at];
    const isBoundary = (other: string | undefined, inBraces: string) =>
      other === undefined || other === '/' || (depth > 0 && inBraces.includes(other));
    if (!isBoundary(before, '{,') || !isBoundary(after, ',}')) {
      throw new GlobError(
        '"**" stands for whole folders: write it between slashes, such as **/*.mp3 or menus/**',
      );
    }
    if (after === '/') this.#folders();
    else this.#any(anything);
  }

  /** Any folders with the slash behind them, also none. */
  #folders(): void {
    this.#at += 1;
    const fork: Fork = { kind: 'fork', to: [] };
    const start = this.#steps.push(fork);
    this.#any(anything);
    this.#one(same('/'));
    fork.to = [start, this.#steps.length];
  }

  #braces(depth: number): void {
    const fork: Fork = { kind: 'fork', to: [] };
    const starts = [this.#steps.push(fork)];
    const ends: Fork[] = [];
    for (;;) {
      this.#sequence(depth + 1);
      const end = this.#next('"{" has no "}" (write \\{ for the character)');
      if (end === '}') break;
      const jump: Fork = { kind: 'fork', to: [] };
      starts.push(this.#steps.push(jump));
      ends.push(jump);
    }
    if (ends.length === 0) {
      throw new GlobError('braces hold at least two, such as {a,b} (write \\{ for the character)');
    }
    fork.to = starts;
    for (const jump of ends) jump.to = [this.#steps.length];
  }

  /** Reads a class behind its `[`. */
  #class(): Test {
    const first = this.characters[this.#at];
    const isNegated = first === '!' || first === '^';
    if (isNegated) this.#at += 1;
    const ranges: (readonly [number, number])[] = [];
    for (;;) {
      const character = this.#next(UNCLOSED);
      if (character === ']') break;
      if (character === '[') throw new GlobError('"[" in a class must be written \\[');
      const from = this.#inClass(character);
      if (this.characters[this.#at] !== '-' || this.characters[this.#at + 1] === ']') {
        ranges.push([from, from]);
        continue;
      }
      this.#at += 1;
      const to = this.#inClass(this.#next(UNCLOSED));
      if (to < from) throw new GlobError('a range of a class goes up, such as [a-z]');
      ranges.push([from, to]);
    }
    if (ranges.length === 0) throw new GlobError('a class holds one character at least');
    return (character) => {
      const code = codeOf(character);
      const isInside = ranges.some(([from, to]) => from <= code && code <= to);
      return character !== '/' && isInside !== isNegated;
    };
  }

  #inClass(character: string): number {
    return codeOf(character === '\\' ? this.#next(UNCLOSED) : character);
  }

  /** @throws {GlobError} with the problem, at the end of the glob */
  #next(problem: string): string {
    const character = this.characters[this.#at];
    if (character === undefined) throw new GlobError(problem);
    this.#at += 1;
    return character;
  }
}

const UNCLOSED = '"[" has no "]" (write \\[ for the character)';

const same = (one: string) => (character: string) => character === one;
const codeOf = (character: string) => character.codePointAt(0) ?? 0;

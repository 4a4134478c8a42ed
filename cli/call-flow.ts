import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type ParseError, parse, printParseErrorCode, visit } from 'jsonc-parser';
import { CALL_FLOW_FILE } from '../src/call-flow/files';
import { checkCallFlow } from '../src/call-flow/parse';
import type { CallFlow } from '../src/call-flow/schema';
import { promptsOf } from '../src/call-flow/steps';
import { ConfigError, messageOf } from '../src/errors';
import { FLOW_DEPTH } from '../src/limits';
import { hasOtherEnding } from '../src/media-types';
import { oneLine } from './format';

// The call flow before it is deployed: what `JSON.parse` passes over in silence is an error here, and
// a mistake has its line. Calls trust this check, and read the flow as fast as they can.

/**
 * Reads the call flow of a project, and checks it as before a deployment.
 *
 * @throws {ConfigError} naming each place, what stands there and what is allowed
 */
export function readCallFlow(directory = '.'): CallFlow {
  const json = readUtf8(join(directory, CALL_FLOW_FILE));
  checkJson(json);
  return checkCallFlow(json);
}

/** A byte order mark is left out. */
function readUtf8(file: string): string {
  let bytes: Uint8Array;
  try {
    bytes = readFileSync(file);
  } catch (cause) {
    throw new ConfigError(`Reading the call flow: ${messageOf(cause)}.`, { cause });
  }
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch (cause) {
    throw new ConfigError(`${CALL_FLOW_FILE} is not UTF-8. Save it as UTF-8.`, { cause });
  }
}

/**
 * Checks that a text is JSON, and that it says everything once.
 *
 * @throws {ConfigError} with the line of what is wrong
 */
export function checkJson(json: string): void {
  checkObjects(json);
  const errors: ParseError[] = [];
  parse(json, errors, { disallowComments: true });
  const [error] = errors;
  if (error) throw new ConfigError(`${CALL_FLOW_FILE} is not JSON: ${sentenceOf(error, json)}.`);
}

/**
 * Refuses a name that an object has twice, of which `JSON.parse` keeps the last one
 * (https://www.rfc-editor.org/rfc/rfc8259#section-4), and nesting that would use up the stack.
 */
function checkObjects(json: string): void {
  const problems: string[] = [];
  /** For each object that is open: its names, and the line of each. */
  const open: Map<string, number>[] = [];
  const enter = (line: number) => {
    open.push(new Map());
    if (open.length <= FLOW_DEPTH) return;
    throw new ConfigError(
      `${CALL_FLOW_FILE} is nested more than ${FLOW_DEPTH} levels deep in line ${line + 1}. Use a menu in place of actions within actions.`,
    );
  };
  const leave = () => void open.pop();
  visit(json, {
    onObjectBegin: (_offset, _length, line) => enter(line),
    onArrayBegin: (_offset, _length, line) => enter(line),
    onObjectEnd: leave,
    onArrayEnd: leave,
    onObjectProperty(name, _offset, _length, line, _character, pathOf) {
      const names = open.at(-1);
      const first = names?.get(name);
      if (first === undefined) names?.set(name, line + 1);
      else problems.push(twice(pathOf(), name, first, line + 1));
    },
  });
  if (problems.length > 0) {
    throw new ConfigError([`${CALL_FLOW_FILE} is not valid:`, ...problems].join('\n'));
  }
}

function twice(path: readonly (string | number)[], name: string, ...lines: number[]): string {
  const where = path.length === 0 ? 'the flow' : path.join('.');
  const both = new Set(lines).size === 1 ? `line ${lines[0]}` : `lines ${lines.join(' and ')}`;
  return oneLine(`  ${where} has ${JSON.stringify(name)} twice (${both}): only one of them counts`);
}

/** Where JSON goes wrong, in words for a person who edits it by hand. */
function sentenceOf({ error, offset, length }: ParseError, json: string): string {
  const token = json.slice(offset, offset + length);
  const before = json.slice(0, offset).trimEnd();
  /** Where a comma stands, or is missing: behind what comes before. */
  const behind = placeOf(before.length, json);
  const here = placeOf(offset, json);
  const code = printParseErrorCode(error);
  switch (code) {
    case 'PropertyNameExpected':
    case 'ValueExpected':
      if (json.trim() === '') return 'it is empty';
      if (/^[}\]]/.test(token) && before.endsWith(',')) {
        return `${placeOf(before.length - 1, json)}: there is a comma too many before ${token}`;
      }
      return code === 'ValueExpected'
        ? `${here}: a value is missing`
        : `${here}: a name is missing, between " and "`;
    case 'CommaExpected':
      return `${behind}: a comma is missing`;
    case 'ColonExpected':
      return `${behind}: a colon is missing`;
    case 'CloseBraceExpected':
      return `${behind}: a } is missing`;
    case 'CloseBracketExpected':
      return `${behind}: a ] is missing`;
    case 'InvalidCommentToken':
    case 'UnexpectedEndOfComment':
      return `${here}: JSON has no comments`;
    case 'UnexpectedEndOfString':
      return `${here}: a text has no " at its end; a line break in it is written \\n`;
    case 'InvalidEscapeCharacter':
    case 'InvalidUnicode':
      return `${here}: a \\ in this text is not followed by what may follow it; a \\ itself is written \\\\`;
    case 'EndOfFileExpected':
      return `${here}: there is more behind the end`;
    default:
      return `${here}: ${oneLine(token)} cannot stand here; names and texts stand between " and "`;
  }
}

function placeOf(offset: number, json: string): string {
  const lines = json.slice(0, offset).split('\n');
  return `line ${lines.length}, column ${(lines.at(-1)?.length ?? 0) + 1}`;
}

/** Keys of all recordings that a flow names. */
export function promptKeys(flow: CallFlow): Set<string> {
  return new Set([...promptsOf(flow)].flatMap(({ prompt }) => prompt.key ?? []));
}

/** Keys of a valid flow under which a recording can hardly be played: callers would hear the text. */
export function keyWarnings(flow: CallFlow): string[] {
  return [...promptsOf(flow)].flatMap(({ at, prompt: { key } }) => {
    if (key === undefined) return [];
    const where = `${at}.key ${JSON.stringify(key)}`;
    if (hasOtherEnding(key))
      return oneLine(`${where}: Twilio does not play files with this ending.`);
    return key.startsWith('/') ? oneLine(`${where} begins with a slash. Does the key in S3?`) : [];
  });
}

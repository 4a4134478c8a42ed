import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { checkJson, keyWarnings, readCallFlow } from '../../cli/call-flow';
import { CALL_FLOW_FILE } from '../../src/call-flow/files';
import { parseCallFlow } from '../../src/call-flow/parse';
import { FLOW_DEPTH } from '../../src/limits';
import { keysNamedBy } from '../../src/sync/selection';

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'call-flow-'));
  mkdirSync(dirname(join(folder, CALL_FLOW_FILE)));
});
afterAll(() => rmSync(folder, { recursive: true }));

/** What is said of a file with this content; undefined where nothing is wrong. */
function problemOf(content: string | Buffer): string | undefined {
  writeFileSync(join(folder, CALL_FLOW_FILE), content);
  try {
    readCallFlow(folder);
    return undefined;
  } catch (thrown) {
    return String(thrown).replace('ConfigError: ', '');
  }
}

const sample = readFileSync(CALL_FLOW_FILE, 'utf8');

const TWICE = `{ "start": { "action": "menu", "menu": "main" },
  "menus": { "main": { "prompt": { "text": "Press 1 or 2." }, "digits": {
    "1": { "action": "dial", "number": "+12025550101" },
    "2": { "action": "hangup" },
    "\\u0031": { "action": "dial", "number": "+12025550103" } } } },
  "farewell": { "text": "Goodbye.", "text": "Bye." } }`;

describe('the call flow of a project', () => {
  it('is refused where an object has a name twice, with its place and both lines', () => {
    expect(problemOf(TWICE)).toBe(
      [
        `${CALL_FLOW_FILE} is not valid:`,
        '  menus.main.digits has "1" twice (lines 3 and 5): only one of them counts',
        '  farewell has "text" twice (line 6): only one of them counts',
      ].join('\n'),
    );
    expect(problemOf('{ "start": {}, "start": {} }')).toContain(
      '  the flow has "start" twice (line 1): only one of them counts',
    );
  });

  it.each([
    [
      'a comma too many in an object',
      '{\n  "a": 1,\n}',
      'line 2, column 9: there is a comma too many before }',
    ],
    [
      'a comma too many in a list',
      '{"a": [1,]}',
      'line 1, column 9: there is a comma too many before ]',
    ],
    ['no comma', '{\n  "a": 1\n  "b": 2\n}', 'line 2, column 9: a comma is missing'],
    ['no colon', '{\n  "a" 1 }', 'line 2, column 6: a colon is missing'],
    ['no value', '{"a": }', 'line 1, column 7: a value is missing'],
    ['a comment', '{\n  // said at night\n  "a": 1 }', 'line 2, column 3: JSON has no comments'],
    ['a comment without an end', '{ /* said', 'line 1, column 3: JSON has no comments'],
    [
      'smart quotes',
      '{\n  “a”: 1 }',
      'line 2, column 3: “a” cannot stand here; names and texts stand between " and "',
    ],
    ['a name without quotes', '{ a: 1 }', 'line 1, column 3: a cannot stand here; names'],
    ['nothing', '', 'it is empty'],
    ['blanks alone', ' \n', 'it is empty'],
    ['no end', '{\n  "a": 1\n', 'line 2, column 9: a } is missing'],
    ['a list without an end', '{"a": [1', 'line 1, column 9: a ] is missing'],
    ['a text without an end', '{"a": "x\n}', 'line 1, column 7: a text has no " at its end;'],
    ['a backslash', '{"a": "C:\\q"}', 'line 1, column 7: a \\ in this text'],
    ['two flows', '{}\n{}', 'line 2, column 1: '],
  ])('with %s is refused in plain words, with the place', (_, content, sentence) => {
    expect(problemOf(content)).toContain(`${CALL_FLOW_FILE} is not JSON: ${sentence}`);
  });

  it('is read with a byte order mark, in a call and in a sync, too', () => {
    const marked = `\uFEFF${sample}`;
    expect(problemOf(marked)).toBeUndefined();
    expect(parseCallFlow(marked)).toEqual(parseCallFlow(sample));
    expect([...keysNamedBy(marked)]).toContain('prompts/welcome.mp3');
  });

  it.each([
    ['UTF-16', Buffer.from(`\uFEFF${sample}`, 'utf16le')],
    ['Latin-1', Buffer.from('{"farewell": {"text": "Au revoir, à bientôt"}}', 'latin1')],
  ])('in %s is refused', (_, content) => {
    expect(problemOf(content)).toBe(`${CALL_FLOW_FILE} is not UTF-8. Save it as UTF-8.`);
  });

  it.each([FLOW_DEPTH + 1, 1000, 100_000])(
    'nested %i levels deep is refused in one sentence',
    (depth) => {
      expect(problemOf('{"next":\n'.repeat(depth))).toBe(
        `${CALL_FLOW_FILE} is nested more than ${FLOW_DEPTH} levels deep in line ${FLOW_DEPTH + 1}. Use a menu in place of actions within actions.`,
      );
      expect(problemOf('['.repeat(depth))).toContain('levels deep in line 1');
    },
  );

  it('may be nested as deep as the limit says', () => {
    let start: object = { action: 'hangup' };
    for (let level = 2; level < FLOW_DEPTH; level += 1) {
      start = { action: 'play', prompt: { text: 'On.' }, next: start };
    }
    const farewell = { text: 'Goodbye.' };
    expect(problemOf(JSON.stringify({ start, menus: {}, farewell }))).toBeUndefined();
  });

  it('that does not exist is named', () => {
    expect(() => readCallFlow('/nowhere')).toThrow(
      /^Reading the call flow: .*ENOENT: no such file or directory, open '\/nowhere\/assets\/call-flow/,
    );
  });

  it('with something else in place of an action is refused with an example', () => {
    const flow = { start: 'main', menus: {}, farewell: { text: 'Goodbye.' } };
    expect(problemOf(JSON.stringify(flow))).toContain(
      'start must be an action, such as { "action": "menu", "menu": "main" } (found "main")',
    );
  });
});

describe('the check of JSON', () => {
  it.each([
    '{"__proto__": 1}',
    '[{"a": 1}, {"a": 1}]',
    '{"a": {"a": 1}}',
    'null',
    '"\\u20ac"',
    '{"a\\n": -1.5e3}',
  ])('accepts %s', (json) => {
    expect(() => checkJson(json)).not.toThrow();
    JSON.parse(json);
  });

  it('accepts what JSON.stringify writes, and refuses what JSON.parse refuses', () => {
    const isRefused = (check: () => void) => {
      try {
        check();
        return false;
      } catch {
        return true;
      }
    };
    const edited = fc
      .tuple(fc.json({ maxDepth: 4 }), fc.nat(), fc.constantFrom(...'{}[]",:\\/“1 \n\t\u0001'))
      .map(([json, at, character]) => {
        const place = at % (json.length + 1);
        return json.slice(0, place) + character + json.slice(place);
      });
    fc.assert(fc.property(fc.json({ maxDepth: 8 }), (json) => !isRefused(() => checkJson(json))));
    fc.assert(
      fc.property(edited, (json) => {
        expect(isRefused(() => checkJson(json)) || !isRefused(() => JSON.parse(json))).toBe(true);
      }),
    );
  });
});

describe('a key', () => {
  it.each([
    [
      'prompts/menu.ogg',
      ['farewell.key "prompts/menu.ogg": Twilio does not play files with this ending.'],
    ],
    [
      '/prompts/bye.mp3',
      ['farewell.key "/prompts/bye.mp3" begins with a slash. Does the key in S3?'],
    ],
    ['prompts/bye.mp3', []],
    ['bye', []],
    [undefined, []],
  ])('%j of a flow has the warnings %j', (key, warnings) => {
    const farewell = { key, text: 'Goodbye.' };
    const flow = parseCallFlow(
      JSON.stringify({ start: { action: 'hangup' }, menus: {}, farewell }),
    );
    expect(keyWarnings(flow)).toEqual(warnings);
  });
});

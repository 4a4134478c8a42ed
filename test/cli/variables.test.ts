import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { readLocalEnvFile } from 'twilio-run/dist/config/utils/env';
import { ENV_FILE, loadVariables, readEnvFile } from '../../cli/variables';
import { ConfigError } from '../../src/errors';

const home = process.cwd();
let directory: string;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'variables-test-'));
  process.chdir(directory);
});
afterEach(() => {
  process.chdir(home);
  rmSync(directory, { recursive: true });
});

describe('the variables of a command', () => {
  it('are those of the file, which the shell overrides', () => {
    writeFileSync('my.env', '# a comment\nFROM_FILE="two words"\nFROM_SHELL=file\n');
    expect(loadVariables('my.env', { FROM_SHELL: 'shell' })).toEqual({
      FROM_FILE: 'two words',
      FROM_SHELL: 'shell',
    });
  });

  it('are those of the shell when there is no default file', () => {
    expect(loadVariables(ENV_FILE, { FROM_SHELL: 'shell' })).toEqual({ FROM_SHELL: 'shell' });
  });

  it('are not guessed when the file that was asked for cannot be read', () => {
    expect(() => loadVariables('my.env', {})).toThrow(/^There is no file my\.env\.$/);
    expect(() => loadVariables(directory, {})).toThrow(ConfigError);
    expect(() => loadVariables(directory, {})).toThrow(/^Reading .*EISDIR/);
  });
});

/** What is said of this .env file; empty when it is read. */
function refusalOf(content: string | Buffer): string {
  writeFileSync(ENV_FILE, content);
  try {
    readEnvFile(ENV_FILE);
    return '';
  } catch (thrown) {
    if (thrown instanceof ConfigError) return thrown.message;
    throw thrown;
  }
}

describe('an .env file', () => {
  function read(text: string) {
    writeFileSync(ENV_FILE, text);
    return readEnvFile(ENV_FILE);
  }

  it('is read as the toolkit reads it', () => {
    expect(
      read('# S3\nA=1\r\nB="a b"\nC=\'x#y\'\nD=\n\nE=a=b+/c\n  F = it\'s "so" far \n'),
    ).toEqual({ A: '1', B: 'a b', C: 'x#y', D: '', E: 'a=b+/c', F: 'it\'s "so" far' });
  });

  it('may begin with a byte order mark, which the toolkit ignores', () => {
    expect(read('\uFEFFA=1\nB=2')).toEqual({ A: '1', B: '2' });
    expect(read('\uFEFF# a comment\nA=1')).toEqual({ A: '1' });
  });

  it('that comes with the project is read', () => {
    expect(readEnvFile(join(home, '.env.example'))).toHaveProperty('S3_BUCKET');
  });

  it.each([
    [
      'a comment behind a value',
      'SECRET=hidden # production',
      /, SECRET: the # and all that follow/,
    ],
    ['a # in a value', 'SECRET=hid#den', /, SECRET: the # and all that follows/],
    ['export', 'export SECRET=hidden', /, SECRET: ignored, because export/],
    ['backquotes', 'SECRET=`hidden`', /, SECRET: backquotes do not quote/],
    [
      'a value of two lines',
      'SECRET="hid\nden"',
      /, SECRET: the value ends .*\n {2}line 3 is ignored/,
    ],
    ['a comment behind a quote', 'SECRET="hidden" # production', /, SECRET: what stands behind/],
    ['a blank behind a quote', 'SECRET="hidden" ', /, SECRET: what stands behind/],
    ['blanks in quotes', "SECRET=' hidden'", /, SECRET: blanks at the ends are lost/],
    ['a quote that ends a value', 'SECRET=hidden"', /, SECRET: the toolkit strips quotes/],
    ['a colon for an equals sign', 'SECRET: hidden', / is ignored: it is neither NAME=value/],
    ['line ends of CR alone', 'A=1\rSECRET=hidden', / is ignored: it is neither NAME=value/],
  ])('is refused by line and name, but not by value, for %s', (_, line, reason) => {
    const refusal = refusalOf(`PLAIN=1\n${line}\n`);
    expect(refusal).toMatch(/^Twilio's deployer reads these lines of \.env .*:\n {2}line 2/);
    expect(refusal).toMatch(reason);
    expect(refusal).not.toMatch(/hid|den|PLAIN/);
  });

  it('is refused where it sets a name twice, even to the same value', () => {
    expect(refusalOf('A=1\nB=1\n\nA=1\n')).toContain('\n  lines 1 and 4, A: the last one wins\n');
  });

  it.each([
    ['UTF-16 with a byte order mark', Buffer.from('\uFEFFA=1', 'utf16le')],
    ['UTF-16 without one', Buffer.from('A=1', 'utf16le')],
    ['Latin-1', Buffer.from('A=ü', 'latin1')],
  ])('is refused in %s', (_, content) => {
    expect(refusalOf(content)).toMatch(/^\.env is not UTF-8;.* Save it as UTF-8\.$/);
  });

  const parts = [
    'A',
    'B_1',
    '=',
    '=',
    ' ',
    '"',
    "'",
    '`',
    '#',
    '\n',
    '\n',
    '\r',
    '\r\n',
    '\t',
    '\\',
  ];
  const oddParts = [
    'export ',
    '\\n',
    '\uFEFF',
    '\u00a0',
    '\u2028',
    '\0',
    'é',
    '$A',
    '.',
    '-',
    '__proto__',
  ];
  const files = fc.array(fc.constantFrom(...parts, ...oddParts), { maxLength: 30 });
  const assignments = fc
    .array(fc.tuple(fc.constantFrom('A', 'B', 'C'), files), { maxLength: 3 })
    .map((lines) => lines.flatMap(([name, value]) => [name, '=', ...value, '\n']));
  const texts = fc.oneof(files, assignments).map((found) => found.join(''));

  it('is refused, or read exactly as the toolkit reads it', async () => {
    await fc.assert(
      fc.asyncProperty(texts, async (text) => {
        if (refusalOf(text) !== '') return;
        const { localEnv } = await readLocalEnvFile({ cwd: directory, env: ENV_FILE });
        expect(readEnvFile(ENV_FILE)).toEqual(localEnv);
      }),
      { numRuns: Number(process.env.FC_RUNS ?? 400) },
    );
  });
});

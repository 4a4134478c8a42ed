import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { ENV_FILE, loadVariables, readDeployedVariables } from '../../cli/variables';
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

describe('the variables that are deployed', () => {
  function read(text: string) {
    writeFileSync(ENV_FILE, text);
    return readDeployedVariables();
  }

  it('are those of .env, as the toolkit reads it', () => {
    expect(read('# S3\nA=1\r\nB="a b"\nC=\'x#y\'\nD=\n\nE=a=b+/c\n')).toEqual({
      A: '1',
      B: 'a b',
      C: 'x#y',
      D: '',
      E: 'a=b+/c',
    });
  });

  it('are all read from .env.example', () => {
    expect(readDeployedVariables(join(home, '.env.example'))).toHaveProperty('S3_BUCKET');
  });

  it.each([
    ['a comment behind a value', 'SECRET=hidden # production'],
    ['a # in a value', 'SECRET=hid#den'],
    ['export', 'export SECRET=hidden'],
    ['backquotes', 'SECRET=`hidden`'],
    ['a value of two lines', 'SECRET="hid\nden"'],
    ['a byte order mark', '\uFEFFSECRET=hidden'],
  ])('are refused by name where Node and the toolkit read them differently: %s', (_, line) => {
    expect(() => read(`${line}\nPLAIN=1\n`)).toThrow(ConfigError);
    expect(() => read(`${line}\nPLAIN=1\n`)).toThrow(/in another way:\n {2}\S*SECRET\n/);
    expect(() => read(`${line}\nPLAIN=1\n`)).not.toThrow(/hid|PLAIN/);
  });
});

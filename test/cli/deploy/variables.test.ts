import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { readDeployedVariables } from '../../../cli/deploy/variables';
import { ConfigError } from '../../../src/errors';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'variables-test-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

function read(text: string) {
  const file = join(folder, '.env');
  writeFileSync(file, text);
  return readDeployedVariables(file);
}

describe('the variables of .env', () => {
  it('are those that the toolkit deploys', () => {
    expect(read('# S3\nA=1\r\nB="a b"\nC=\'x#y\'\nD=\n\nE=a=b+/c\n')).toEqual({
      A: '1',
      B: 'a b',
      C: 'x#y',
      D: '',
      E: 'a=b+/c',
    });
  });

  it('are read alike from .env.example', () => {
    expect(readDeployedVariables('.env.example')).toHaveProperty('S3_BUCKET');
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

import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { ENV_FILE, loadEnvironment } from '../../cli/environment';
import { ConfigError } from '../../src/errors';

const home = process.cwd();
let directory: string;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'environment-test-'));
  process.chdir(directory);
});
afterEach(() => {
  process.chdir(home);
  delete process.env.FROM_PROCESS;
  rmSync(directory, { recursive: true });
});

describe('the environment of a command', () => {
  it('is what the file says, and the process before it', () => {
    process.env.FROM_PROCESS = 'process';
    writeFileSync('my.env', '# a comment\nFROM_FILE="two words"\nFROM_PROCESS=file\n');
    expect(loadEnvironment('my.env')).toMatchObject({
      FROM_FILE: 'two words',
      FROM_PROCESS: 'process',
    });
  });

  it('is that of the process when there is no default file', () => {
    process.env.FROM_PROCESS = 'process';
    expect(loadEnvironment(ENV_FILE)).toMatchObject({ FROM_PROCESS: 'process' });
  });

  it('is not guessed when the file that was asked for cannot be read', () => {
    expect(() => loadEnvironment('my.env')).toThrow(/^There is no file my\.env\.$/);
    expect(() => loadEnvironment(directory)).toThrow(ConfigError);
    expect(() => loadEnvironment(directory)).toThrow(/^Reading .*EISDIR/);
  });
});

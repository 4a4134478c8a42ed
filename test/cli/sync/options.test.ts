import { describe, expect, it } from '@jest/globals';
import { CommanderError } from 'commander';
import { sync } from '../../../cli/sync';
import type { SyncOptions } from '../../../cli/sync/run-sync';
import { createContext } from '../../helpers/cli/commands';

interface Reading {
  readonly options?: SyncOptions;
  readonly exitCode?: number;
  readonly out: string;
  readonly err: string;
}

function read(...args: string[]): Reading {
  const { context, output } = createContext();
  try {
    return { options: sync.readOptions(args, context), ...output };
  } catch (thrown) {
    if (!(thrown instanceof CommanderError)) throw thrown;
    return { exitCode: thrown.exitCode, ...output };
  }
}

describe('the options of npm run sync', () => {
  it('publish by default, within the guard', () => {
    expect(read().options).toEqual({
      dryRun: false,
      force: false,
      maxDelete: 50,
      concurrency: 16,
      environment: 'dev',
      env: '.env',
      json: false,
      verbose: false,
    });
  });

  it('are all read', () => {
    const args =
      '--dry-run --force --prefix p/ --include a* --include b* --exclude c --max-delete 0';
    const more =
      '--concurrency 32 --deployed --service ZS1 --environment stage --env my.env --json --verbose';
    expect(read(...args.split(' '), ...more.split(' ')).options).toEqual({
      dryRun: true,
      force: true,
      prefix: 'p/',
      include: ['a*', 'b*'],
      exclude: ['c'],
      maxDelete: 0,
      concurrency: 32,
      deployed: true,
      service: 'ZS1',
      environment: 'stage',
      env: 'my.env',
      json: true,
      verbose: true,
    });
  });

  it('accept an empty prefix, and the production environment', () => {
    expect(read('--prefix', '', '--environment', '').options).toMatchObject({
      prefix: '',
      environment: '',
    });
  });

  it.each([
    ['https://name-1234-dev.twil.io'],
    ['https://name-1234-dev.twil.io/'],
    ['https://name-1234-dev.twil.io/sync'],
  ])('find /sync of a deployment from %s', (url) => {
    expect(read('--remote', url).options?.remote?.href).toBe('https://name-1234-dev.twil.io/sync');
  });

  it('allow http on this machine only', () => {
    expect(read('--remote', 'http://localhost:3000').options?.remote?.port).toBe('3000');
    expect(read('--remote', 'http://example.com').exitCode).toBe(1);
  });

  it.each([
    ['--max-delete', '-1'],
    ['--max-delete', '100.5'],
    ['--max-delete', 'half'],
    ['--max-delete', ''],
    ['--concurrency', '0'],
    ['--concurrency', '33'],
    ['--concurrency', '1.5'],
    ['--include', ''],
    ['--include', '(a+)+$'],
    ['--exclude', '**.mp3'],
    ['--remote', 'example.com'],
    ['--remote', 'https://example.com/other'],
    ['--remote', 'https://example.com/?a=b'],
    ['--remote', 'https://user@example.com'],
    ['--unknown', 'x'],
    ['stray', 'words'],
    ['--remote', 'https://example.com', '--prefix', 'p/'],
    ['--remote', 'https://example.com', '--max-delete', '100'],
    ['--remote', 'https://example.com', '--environment', 'dev'],
    ['--env'],
  ])('are refused with one line: %s %s %s %s', (...args) => {
    const { options, err } = read(...args);
    expect(options).toBeUndefined();
    expect(err).toMatch(/^error: .+\n$/);
  });

  it('are listed by --help, with the exit codes', () => {
    const { exitCode, out } = read('--help');
    expect(exitCode).toBe(0);
    for (const code of ['0 ', '1 ', '2 ', '3 ', '4 ', '130']) {
      expect(out).toMatch(new RegExp(`^ {2}${code} `, 'm'));
    }
    for (const line of out.split('\n')) expect(line.length).toBeLessThanOrEqual(100);
  });
});

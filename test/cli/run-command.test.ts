import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { text } from 'node:stream/consumers';
import { describe, expect, it } from '@jest/globals';
import { Command } from 'commander';
import * as v from 'valibot';
import type { CommandContext } from '../../cli/command-context';
import {
  type CommandDefinition,
  type ExitStatus,
  exitCodeOf,
  parseArguments,
} from '../../cli/run-command';
import { ConfigError, PlayError } from '../../src/errors';
import { runVerb } from '../helpers/cli/commands';
import { startProgram } from '../helpers/program';

/** A verb with one option that ends so. */
const verb = (end: () => ExitStatus): CommandDefinition<object> => ({
  readOptions: (args: readonly string[], context: CommandContext) =>
    parseArguments(new Command('npm run verb --').option('--known'), args, context),
  run: async () => end(),
});

const throwing = (thrown: unknown) =>
  verb(() => {
    throw thrown;
  });

describe('a command', () => {
  it.each<[ExitStatus, number]>([
    ['done', 0],
    ['failed', 1],
    ['misconfigured', 2],
    ['guarded', 3],
    ['pending', 4],
    ['SIGHUP', 129],
    ['SIGINT', 130],
    ['SIGTERM', 143],
  ])('that ends as %s has the exit code %i', async (status, code) => {
    expect(
      await runVerb(
        verb(() => status),
        ['--known'],
      ),
    ).toEqual({ code, out: '', err: '' });
    expect(exitCodeOf(status)).toBe(code);
  });

  it('prints its help and ends with 0', async () => {
    const { code, out, err } = await runVerb(throwing('not run'), ['--help']);
    expect([code, err]).toEqual([0, '']);
    expect(out).toContain('Usage: npm run verb --');
  });

  it('does not run with an unknown option, and prints one line', async () => {
    expect(await runVerb(throwing('not run'), ['--nope'])).toEqual({
      code: 2,
      out: '',
      err: "error: unknown option '--nope'\n",
    });
  });

  it('does not run with an option that npm kept', async () => {
    const environment = { npm_lifecycle_event: 'verb', npm_config_known: 'true' };
    const { code, err } = await runVerb(throwing('not run'), [], { environment });
    expect([code, err]).toEqual([2, expect.stringContaining('npm run verb -- --known\n')]);
  });

  it.each([
    ['wrong configuration', new ConfigError('A is not set.'), 2, 'A is not set.\n'],
    ['a refusal', new PlayError('S3 refused.'), 1, 'S3 refused.\n'],
    ['a value that is no error', 'no', 1, 'no\n'],
  ])('that throws %s prints its message alone', async (_, thrown, code, err) => {
    expect(await runVerb(throwing(thrown), [])).toEqual({ code, out: '', err });
  });

  it('that throws an unexpected error prints its stack', async () => {
    expect(await runVerb(throwing(new TypeError('x is undefined')), [])).toEqual({
      code: 1,
      out: '',
      err: expect.stringMatching(/^TypeError: x is undefined\n +at /),
    });
  });

  it('ends quietly when nobody reads what it writes, as behind | head', async () => {
    const program = startProgram('cli/explain.ts', ['--help']);
    program.stdout.destroy();
    const [[code], err] = await Promise.all([once(program, 'exit'), text(program.stderr)]);
    expect([code, err]).toEqual([0, '']);
  });

  it('is started in the same way by every script', () => {
    const parsed = v.object({ scripts: v.record(v.string(), v.string()) });
    const { scripts } = v.parse(parsed, JSON.parse(readFileSync('package.json', 'utf8')));
    const programs = Object.values(scripts).flatMap(
      (script) => / ((?:cli|sandbox)\/\S+\.ts)$/.exec(script)?.[1] ?? [],
    );
    expect(programs.length).toBeGreaterThan(6);
    for (const program of programs) {
      expect(readFileSync(program, 'utf8')).toMatch(/^export const main = \(\) => startCommand\(/m);
    }
  });

  it('prints errors in red where there are colours', async () => {
    const { err } = await runVerb(throwing(new PlayError('S3 refused.')), [], { colors: true });
    expect(err).toBe('\u001b[31mS3 refused.\u001b[39m\n');
  });
});

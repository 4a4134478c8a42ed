import { describe, expect, it } from '@jest/globals';
import { Command } from 'commander';
import { failureOf } from '../../cli/command-failure';
import { ConfigError, PlayError } from '../../src/errors';

/** What a command throws that is called with these arguments. */
function thrownFor(...args: string[]): unknown {
  const quiet = { writeOut: () => {}, writeErr: () => {} };
  try {
    return new Command().configureOutput(quiet).exitOverride().parse(args, { from: 'user' });
  } catch (thrown) {
    return thrown;
  }
}

describe('a command that threw', () => {
  it.each([
    ['its help', thrownFor('--help'), 0],
    ['an unknown option', thrownFor('--nope'), 2],
  ])('after %s has nothing more to say', (_, thrown, exitCode) => {
    expect(failureOf(thrown)).toEqual({ exitCode, message: '' });
  });

  it.each([
    ['wrong configuration', new ConfigError('A is not set.'), 2, 'A is not set.\n'],
    ['a refusal', new PlayError('S3 refused.'), 1, 'S3 refused.\n'],
    ['what is no error', 'no', 1, 'no\n'],
  ])('because of %s says so', (_, thrown, exitCode, message) => {
    expect(failureOf(thrown)).toEqual({ exitCode, message });
  });

  it('for a reason that nobody foresaw shows where', () => {
    expect(failureOf(new TypeError('x is undefined'))).toEqual({
      exitCode: 1,
      message: expect.stringMatching(/^TypeError: x is undefined\n +at /),
    });
  });
});

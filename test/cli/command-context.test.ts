import { PassThrough } from 'node:stream';
import { describe, expect, it } from '@jest/globals';
import { confirmBy, linesFrom } from '../../cli/command-context';

/** Whether this input agrees, and the last that is on the screen. */
async function answering(typed: string): Promise<{ agreed: boolean; screen: string }> {
  const [keyboard, screen] = [new PassThrough(), new PassThrough()];
  const answer = confirmBy(keyboard, screen)('Change that?');
  keyboard.write(typed);
  return { agreed: await answer, screen: String(screen.read()) };
}

describe('a question at the terminal', () => {
  it.each([
    ['y\r', true],
    ['YES \r', true],
    ['\r', false],
    ['n\r', false],
    ['yellow\r', false],
  ])('answered with %j agrees: %p', async (typed, agreed) => {
    const answer = await answering(typed);
    expect(answer.agreed).toBe(agreed);
    expect(answer.screen).toContain('Change that? [y/N] ');
  });

  it.each([
    ['Ctrl-C', '\u0003'],
    ['Ctrl-D', '\u0004'],
    ['Ctrl-C after a y', 'y\u0003'],
  ])('left by %s does not agree, and ends the line', async (_, typed) => {
    const { agreed, screen } = await answering(typed);
    expect(agreed).toBe(false);
    expect(screen).toMatch(/\n$/);
  });
});

describe('lines typed at a terminal', () => {
  it('are read whole, however long, until there are enough', async () => {
    const [keyboard, screen] = [new PassThrough(), new PassThrough()];
    screen.resume();
    const lines = linesFrom(keyboard, screen, (typed) => typed.length === 2);
    const long = `https://example.com/${'x'.repeat(5000)}`;
    keyboard.write(`${long}\r`);
    keyboard.write('second\r');
    expect(await lines).toEqual([long, 'second']);
  });

  it('end with Ctrl-D', async () => {
    const [keyboard, screen] = [new PassThrough(), new PassThrough()];
    screen.resume();
    const lines = linesFrom(keyboard, screen, () => false);
    keyboard.write('first\r\u0004');
    expect(await lines).toEqual(['first']);
  });
});

import { PassThrough } from 'node:stream';
import { describe, expect, it } from '@jest/globals';
import { type KeyInput, onKeys } from '../../sandbox/keys';

/** A stream that is a terminal as far as Node's own interface goes. */
function terminal(isTTY: boolean) {
  const stream = new PassThrough();
  const modes: boolean[] = [];
  const setRawMode = (mode: boolean) => modes.push(mode);
  return { input: Object.assign(stream, { isTTY, setRawMode }), modes };
}

function listenTo(input: KeyInput) {
  const pressed: string[] = [];
  const keys = {
    s: () => pressed.push('s'),
    c: () => pressed.push('c'),
    q: () => pressed.push('q'),
  };
  return { pressed, giveBack: onKeys(input, keys) };
}

const settled = () => new Promise(setImmediate);

describe('the keys of a terminal', () => {
  it('are reported one by one, in either case, and unknown ones are ignored', async () => {
    const { input, modes } = terminal(true);
    const { pressed, giveBack } = listenTo(input);
    input.write('sC');
    input.write('x\u001b[A\r');
    input.write('q');
    await settled();
    expect(pressed).toEqual(['s', 'c', 'q']);
    giveBack?.();
    expect(modes).toEqual([true, false]);
  });

  it.each(['\u0003', '\u0004'])('include Ctrl-C and Ctrl-D, which mean q: %j', async (key) => {
    const { input } = terminal(true);
    const { pressed } = listenTo(input);
    input.write(key);
    await settled();
    expect(pressed).toEqual(['q']);
  });

  it('are not reported any more once the terminal is released', async () => {
    const { input } = terminal(true);
    const { pressed, giveBack } = listenTo(input);
    giveBack?.();
    input.write('s');
    await settled();
    expect(pressed).toEqual([]);
  });

  it('are not read where there is no terminal', async () => {
    const { input, modes } = terminal(false);
    const { pressed, giveBack } = listenTo(input);
    input.write('s');
    await settled();
    expect([giveBack, pressed, modes]).toEqual([undefined, [], []]);
  });
});

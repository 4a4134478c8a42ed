import { describe, expect, it } from '@jest/globals';
import {
  both,
  check,
  fail,
  from,
  nothing,
  ok,
  skipped,
  type Visit,
} from '../../../cli/doctor/check';
import { report } from '../../../cli/doctor/report';
import { systemClock } from '../../../src/clock';
import { PlayError } from '../../../src/errors';
import { createContext } from '../../helpers/cli/commands';

const visit = (timeoutMs = 1000): Visit => ({
  options: { env: '.env', environment: 'dev' },
  shell: {},
  clock: systemClock,
  timeoutMs,
});

describe('a check', () => {
  it('looks once a visit, and again on the next', async () => {
    let looked = 0;
    const first = check('first', nothing, () => {
      looked += 1;
      return ok('', looked);
    });
    const second = check('second', both(from(first), from(first)), ([a, b]) => ok(`${a} ${b}`));
    const one = visit();
    expect(await second.result(one)).toEqual({ status: 'ok', message: '1 1' });
    expect((await first.result(one)).value).toBe(1);
    expect((await second.result(visit())).message).toBe('2 2');
  });

  it('is not asked where what it needs is not known, and names the first that failed', async () => {
    const first = check('first', nothing, () => fail('It is broken.'));
    const second = check('second', from(first), () => ok('', true));
    const third = check('third', from(second), () => ok(''));
    expect(await third.result(visit())).toEqual({
      status: 'skipped',
      message: 'not asked: first see first',
      after: 'first',
    });
  });

  it('is asked where what it needs is known, though something is wrong with it', async () => {
    const first = check('first', nothing, () => fail('It is slow.', 7));
    const second = check('second', from(first), (value) => ok(`${value}`));
    expect((await second.result(visit())).message).toBe('7');
  });

  it('is not asked where a server did not tell what it needs', async () => {
    const first = check('first', nothing, () => skipped('Nobody tells it.'));
    const second = check('second', from(first), () => ok(''));
    expect((await second.result(visit())).message).toBe('not asked: first see first');
  });

  it.each([
    ['an error for people', new PlayError('Do this.'), 'Do this.'],
    ['any other error', new TypeError('x is not a function'), 'It broke off: x is not a function.'],
  ])('fails with the message of %s', async (_, error, message) => {
    const broken = check('broken', nothing, () => Promise.reject(error));
    expect(await broken.result(visit())).toEqual({ status: 'fail', message });
  });

  it('fails when its time is over', async () => {
    const hanging = check('hanging', nothing, () => new Promise<never>(() => {}));
    expect(await hanging.result(visit(20))).toEqual({
      status: 'fail',
      message: 'There was no whole answer within 0.02 s.',
    });
  });

  it('does not count the time of what it needs', async () => {
    const slow = check('slow', nothing, async (_, { clock }) => {
      await clock.sleep(60);
      return ok('', true);
    });
    const quick = check('quick', from(slow), () => ok('done'));
    const [a, b] = [slow.result(visit(100)), quick.result(visit(100))];
    expect((await a).status).toBe('ok');
    expect((await b).message).toBe('done');
  });
});

describe('the report', () => {
  const finding = (message: string) => check('key', nothing, () => fail(message));

  it('goes on below where a message is too long, and keeps its line breaks', async () => {
    const { context, output } = createContext({ width: 50 });
    await report([finding(`${'word '.repeat(8)}\nnext`)], visit(), false, context);
    expect(output.out).toBe(
      [
        'FAIL  key             word word word word word',
        '                      word word word',
        '                      next',
        '',
      ].join('\n'),
    );
  });

  it('shows no control character of a key', async () => {
    const { context, output } = createContext();
    const hostile = 'a\u001b[2Jb\u202ec';
    await report([finding(hostile)], visit(), false, context);
    await report([finding(hostile)], visit(), true, context);
    expect(output.out).toContain('a\\u{1b}[2Jb\\u{202e}c');
    expect(output.out).not.toContain('\u001b');
  });

  it('colors a status only where colors are wanted', async () => {
    const { context, output } = createContext({ colors: true });
    await report([finding('x')], visit(), false, context);
    expect(output.out.startsWith('\u001b[31mFAIL')).toBe(true);
  });

  it('prints in the order of the checks, whichever is first', async () => {
    const { context, output } = createContext();
    const slow = check('slow', nothing, async () => {
      await systemClock.sleep(20);
      return ok('1');
    });
    const quick = check('quick', nothing, () => ok('2'));
    expect(await report([slow, quick], visit(), false, context)).toEqual({
      ok: 2,
      warn: 0,
      fail: 0,
      skipped: 0,
    });
    expect(output.out).toMatch(/^ok +slow +1\nok +quick +2\n$/);
  });
});

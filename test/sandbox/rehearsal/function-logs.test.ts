import { afterEach, describe, expect, it } from '@jest/globals';
import { type Listening, listen } from '../../../sandbox/listen';
import { type FunctionLogs, startFunctionLogs } from '../../../sandbox/rehearsal/function-logs';
import type { FunctionLine } from '../../../sandbox/twilio';

const originals = { ...console };
let logs: FunctionLogs | undefined;
let server: Listening | undefined;
afterEach(async () => {
  logs?.stop();
  Object.assign(console, originals);
  await server?.close();
});

describe('what Functions write to the console', () => {
  it('becomes log lines, request by request, and other output does not', async () => {
    const [lines, printed]: [FunctionLine[], unknown[]] = [[], []];
    console.log = (...parts: unknown[]) => printed.push(parts);
    logs = startFunctionLogs((line) => lines.push(line));
    const listener = logs.capture(async ({ url }, response) => {
      console.info('begin %s', url);
      await new Promise((resolve) => setImmediate(resolve));
      console.error({ url });
      response.end();
    });
    server = await listen(listener);
    const { url } = server;
    await Promise.all(['/a?x=1', '/b'].map((path) => fetch(url + path)));
    console.log('mine');
    expect(printed).toEqual([['mine']]);
    const of = (path: string) => lines.filter((line) => line.path === path);
    expect(of('/a')).toEqual([
      { level: 'INFO', message: 'begin /a?x=1', path: '/a' },
      { level: 'ERROR', message: "{ url: '/a?x=1' }", path: '/a' },
    ]);
    expect(of('/b')).toHaveLength(2);
  });

  it('goes to the console again after the stop', () => {
    const { warn } = console;
    logs = startFunctionLogs(() => {});
    expect(console.warn).not.toBe(warn);
    logs.stop();
    expect(console.warn).toBe(warn);
  });
});

import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import type { TemporaryCredentials } from '../../src/credentials/credentials';
import { refreshing } from '../../src/credentials/refreshing';
import { FakeClock } from '../helpers/clock';

/** Seconds. */
const MINUTE = 60;
const WAIT_MS = 50;

/** A source whose credentials are numbered and valid for an hour, and that can be told to fail. */
function startSource(clock: FakeClock) {
  const source = {
    asked: 0,
    down: false,
    ready: Promise.resolve(),
    /** Holds its next answers back until the function that it returns is called. */
    hold(): () => void {
      let letGo = () => {};
      source.ready = new Promise((resolve) => {
        letGo = resolve;
      });
      return letGo;
    },
    async fetch(): Promise<TemporaryCredentials> {
      source.asked += 1;
      await source.ready;
      if (source.down) throw new Error('it is down');
      return {
        accessKeyId: `key ${source.asked}`,
        secretAccessKey: 'secret',
        sessionToken: 'token',
        expiration: new Date(clock.now().getTime() + 60 * MINUTE * 1000),
      };
    },
  };
  return source;
}

let clock: FakeClock;
let source: ReturnType<typeof startSource>;
let provide: () => Promise<TemporaryCredentials>;

beforeEach(() => {
  clock = new FakeClock();
  source = startSource(clock);
  provide = refreshing(source.fetch, clock, { waitMs: WAIT_MS });
  jest.spyOn(console, 'warn').mockImplementation(() => {});
});

afterEach(() => {
  jest.restoreAllMocks();
});

describe('temporary credentials', () => {
  it('are not fetched before they are needed', () => {
    expect(source.asked).toBe(0);
  });

  it('are kept until five minutes before they expire', async () => {
    await provide();
    clock.forward(54 * MINUTE);
    expect((await provide()).accessKeyId).toBe('key 1');
    clock.forward(MINUTE);
    expect((await provide()).accessKeyId).toBe('key 2');
    expect(source.asked).toBe(2);
  });

  it('are fetched once for all callers at the same time', async () => {
    const all = await Promise.all([provide(), provide(), provide()]);
    expect(all.map(({ accessKeyId }) => accessKeyId)).toEqual(['key 1', 'key 1', 'key 1']);
    clock.forward(56 * MINUTE);
    await Promise.all([provide(), provide(), provide()]);
    expect(source.asked).toBe(2);
  });

  it('stay in use while they are valid and the refresh fails', async () => {
    await provide();
    source.down = true;
    clock.forward(56 * MINUTE);
    expect((await provide()).accessKeyId).toBe('key 1');
  });

  it('are not refreshed again within 30 seconds after the refresh failed', async () => {
    await provide();
    source.down = true;
    clock.forward(56 * MINUTE);
    await provide();
    await provide();
    expect(source.asked).toBe(2);
    source.down = false;
    clock.forward(31);
    expect((await provide()).accessKeyId).toBe('key 3');
  });

  it('stay in use while they are valid and the refresh takes long, and only the first caller waits', async () => {
    await provide();
    const answer = source.hold();
    clock.forward(56 * MINUTE);
    expect((await provide()).accessKeyId).toBe('key 1');
    clock.forward(29);
    expect((await provide()).accessKeyId).toBe('key 1');
    expect(source.asked).toBe(2);
    expect(jest.mocked(console.warn)).toHaveBeenCalledTimes(1);
    answer();
    await source.ready;
    clock.forward(2);
    expect((await provide()).accessKeyId).toBe('key 2');
  });

  it('are replaced when a slow refresh completes', async () => {
    await provide();
    const answer = source.hold();
    clock.forward(59.99 * MINUTE);
    await provide();
    clock.forward(MINUTE);
    const waiting = provide();
    answer();
    expect((await waiting).accessKeyId).toBe('key 2');
    expect(source.asked).toBe(2);
  });

  it('are not used after they have expired, even if the refresh fails', async () => {
    await provide();
    source.down = true;
    clock.forward(59.9 * MINUTE);
    await provide();
    clock.forward(0.2 * MINUTE);
    await expect(provide()).rejects.toThrow('it is down');
  });

  it('are fetched again after the first request failed', async () => {
    source.down = true;
    await expect(Promise.all([provide(), provide()])).rejects.toThrow('it is down');
    source.down = false;
    expect((await provide()).accessKeyId).toBe('key 2');
  });
});

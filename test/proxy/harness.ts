import { afterAll, beforeAll, jest } from '@jest/globals';
import { type Clock, systemClock } from '../../src/clock';
import type { Config } from '../../src/config';
import { signProxyQuery } from '../../src/playback/proxy-url';
import { type AudioProxyOptions, createAudioProxy } from '../../src/proxy/proxy';
import { createConnections } from '../../src/s3/exchange';

/** The proxy's line in the log. */
export interface Line {
  readonly level: string;
  readonly key?: string;
  readonly status: number;
  readonly bytes: number;
  readonly milliseconds: number;
  readonly tries: number;
  readonly requestId?: string;
  readonly cache?: string;
  readonly message?: string;
}

export interface Served {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer;
  readonly line: Line;
}

export interface Ask {
  /** Request headers, names in lower case. */
  readonly headers?: Readonly<Record<string, string>>;
  /** Put into the event as the runtime would put parameters. */
  readonly parameters?: Readonly<Record<string, unknown>>;
}

export interface TestProxy {
  /** Asks for a key by a URL that we signed. */
  get(key: string, ask?: Ask): Promise<Served>;
  /** Calls the proxy with an event as it is. */
  serve(event: Readonly<Record<string, unknown>>): Promise<Served>;
  /** Our three parameters for a key. */
  parameters(key: string): Record<string, string>;
  close(): void;
}

/** A clock that can be set forward; it does not wait. */
export function testClock(start = new Date()): Clock & { forward(seconds: number): void } {
  let ahead = 0;
  const offset = start.getTime() - Date.now();
  return {
    now: () => new Date(Date.now() + offset + ahead),
    sleep: async () => {},
    random: () => 0,
    forward(seconds) {
      ahead += seconds * 1000;
    },
  };
}

const lines: Line[] = [];

/** Keeps the proxy's log from the terminal, for the tests to read. */
export function captureLog(): void {
  beforeAll(() => {
    for (const level of ['info', 'warn', 'error'] as const) {
      jest.spyOn(console, level).mockImplementation((line) => {
        lines.push(JSON.parse(String(line)));
      });
    }
  });
  afterAll(() => {
    jest.restoreAllMocks();
  });
}

export function startTestProxy(
  config: Config,
  options: Partial<AudioProxyOptions> = {},
): TestProxy {
  const { connections = createConnections() } = options;
  const loadProviders = () => import('../../src/credentials/temporary');
  const { clock = systemClock } = options;
  const proxy = createAudioProxy({ clock, loadProviders, ...options, connections });
  const { bucket } = config.s3;
  const { authToken = '' } = config.twilio;

  const serve: TestProxy['serve'] = async (event) => {
    const { status, headers, body } = await proxy(config, event);
    const line = lines.at(-1);
    if (!line) throw new Error('the proxy wrote no line');
    return { status, headers, body: Buffer.from(body as Buffer | string), line };
  };
  const parameters = (key: string) =>
    Object.fromEntries(
      new URLSearchParams(signProxyQuery({ authToken, bucket }, key, clock.now())),
    );
  return {
    serve,
    parameters,
    get: (key, { headers = {}, parameters: others = {} } = {}) =>
      serve({ request: { headers, cookies: {} }, ...others, ...parameters(key) }),
    close() {
      connections.kept['http:'].destroy();
      connections.kept['https:'].destroy();
    },
  };
}

import { afterAll, beforeAll, jest } from '@jest/globals';
import { type Clock, systemClock } from '../../../src/clock';
import type { Config } from '../../../src/config';
import { signProxyQuery } from '../../../src/playback/proxy-url';
import { type AudioProxyOptions, createAudioProxy } from '../../../src/proxy/proxy';
import { createConnections } from '../../../src/s3/request';

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
  /** What the deployment is configured with for this request, where that is something else. */
  readonly config?: Config;
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
  const loadProviders = () => import('../../../src/credentials/sts-and-cognito');
  const { clock = systemClock } = options;
  const proxy = createAudioProxy({ clock, loadProviders, ...options, connections });

  const serveWith = async (current: Config, event: Readonly<Record<string, unknown>>) => {
    const { status, headers, body } = await proxy(current, event);
    const line = lines.at(-1);
    if (!line) throw new Error('the proxy wrote no line');
    return { status, headers, body: Buffer.from(body as Buffer | string), line };
  };
  const parametersFor = ({ s3: { bucket }, twilio: { authToken = '' } }: Config, key: string) =>
    Object.fromEntries(
      new URLSearchParams(signProxyQuery({ authToken, bucket }, key, clock.now())),
    );
  return {
    serve: (event) => serveWith(config, event),
    parameters: (key) => parametersFor(config, key),
    get: (key, { headers = {}, parameters = {}, config: current = config } = {}) =>
      serveWith(current, {
        request: { headers: { 'user-agent': 'TwilioProxy/1.1', ...headers }, cookies: {} },
        ...parameters,
        ...parametersFor(current, key),
      }),
    close() {
      connections.keepAlive['http:'].destroy();
      connections.keepAlive['https:'].destroy();
    },
  };
}

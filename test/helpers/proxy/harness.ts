import { afterAll, beforeAll, jest } from '@jest/globals';
import { systemClock } from '../../../src/clock';
import type { Config } from '../../../src/config';
import { type AudioProxyOptions, createAudioProxy } from '../../../src/proxy/proxy';
import { signProxyQuery } from '../../../src/proxy/signed-url';
import { createHeaderReader } from '../../../src/request-headers';
import { crcs } from '../../../src/s3/crc';
import { createConnections } from '../../../src/s3/request';
import { FakeClock } from '../clock';

/** The proxy's line in the log. */
export interface LogLine {
  readonly level: string;
  readonly event: string;
  readonly callSid?: string;
  readonly key?: string;
  readonly status: number;
  readonly bytes: number;
  readonly milliseconds: number;
  readonly tries: number;
  readonly requestId?: string;
  readonly cache?: string;
  readonly verified?: boolean;
  readonly message?: string;
}

export interface Served {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer;
  readonly line: LogLine;
}

export interface Ask {
  /** Request headers, names in lower case. */
  readonly headers?: Readonly<Record<string, string>>;
  /** Further query parameters, as the runtime puts them into the event. */
  readonly parameters?: Readonly<Record<string, unknown>>;
  /** For this request only. */
  readonly config?: Config;
}

export interface TestProxy {
  /** Requests a key by a signed URL. */
  get(key: string, ask?: Ask): Promise<Served>;
  /** Calls the proxy with this event, unchanged. */
  serve(event: Readonly<Record<string, unknown>>): Promise<Served>;
  /** The proxy's own three parameters for a key. */
  parameters(key: string): Record<string, string>;
  close(): void;
}

/** Begins now, because S3 compares the time of signatures with its own. */
export function testClock(): FakeClock {
  return new FakeClock({ startMs: Date.now(), random: () => 0 });
}

const lines: LogLine[] = [];

/** Captures the proxy's log for the tests, and keeps it from the terminal. */
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
  const loadCrcs = async () => crcs;
  const { clock = systemClock } = options;
  const proxy = createAudioProxy({ clock, loadProviders, loadCrcs, ...options, connections });

  const readHeaders = createHeaderReader();

  const serveWith = async (current: Config, event: Readonly<Record<string, unknown>>) => {
    const { status, headers, body } = await proxy(current, event, readHeaders(event));
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
        request: {
          headers: { 'user-agent': 'TwilioProxy/1.1', ...headers },
          cookies: Object.create(null),
        },
        ...parameters,
        ...parametersFor(current, key),
      }),
    close() {
      connections.keepAlive['http:'].destroy();
      connections.keepAlive['https:'].destroy();
    },
  };
}

import type { RequestListener } from 'node:http';
import { afterEach } from '@jest/globals';
import * as v from 'valibot';
import { type Listening, listen } from '../../../sandbox/listen';
import { createTwilio, type Twilio, type TwilioOptions } from '../../../sandbox/twilio';
import { FakeClock } from '../clock';

export const ACCOUNT_SID = `AC${'0'.repeat(32)}`;
export const AUTH_TOKEN = 'sandbox-token';
export const START = Date.UTC(2026, 0, 2, 3, 4, 5);
export const HOUR = 60 * 60 * 1000;
export const HANDLER = JSON.stringify([{ name: '@twilio/runtime-handler', version: '2.0.1' }]);

const Json = v.record(v.string(), v.unknown());

export interface Reply {
  readonly status: number;
  readonly headers: Headers;
  readonly body: Record<string, unknown>;
}

export interface UploadedFile {
  readonly path: string;
  readonly visibility?: string;
  readonly content?: string | Uint8Array<ArrayBuffer>;
  readonly type?: string;
}

type Fields = Record<string, string | readonly string[]>;

const running: Listening[] = [];

afterEach(async () => {
  await Promise.all(running.splice(0).map((server) => server.close()));
});

/** Starts a stand-in, whose clock moves only when a test moves it. */
export async function start(options: Partial<TwilioOptions> = {}): Promise<Api> {
  const clock = new FakeClock({ startMs: START });
  const twilio = createTwilio({
    accountSid: ACCOUNT_SID,
    authToken: AUTH_TOKEN,
    now: () => clock.time,
    buildMs: 0,
    ...options,
  });
  return new Api(await serve(twilio.listener), twilio, clock);
}

/** Serves a listener until the test is over. @returns its URL */
export async function serve(listener: RequestListener): Promise<string> {
  const server = await listen(listener);
  running.push(server);
  return server.url;
}

/** Plain HTTP requests to the stand-in, and shortcuts for what a test needs first. */
export class Api {
  constructor(
    readonly url: string,
    readonly twilio: Twilio,
    readonly clock: FakeClock,
  ) {}

  get = (path: string): Promise<Reply> => this.send('GET', path);
  delete = (path: string): Promise<Reply> => this.send('DELETE', path);
  post = (path: string, fields: Fields = {}): Promise<Reply> =>
    this.send('POST', path, encode(fields));

  async send(method: string, path: string, body?: RequestInit['body']): Promise<Reply> {
    const basic = Buffer.from(`${ACCOUNT_SID}:${AUTH_TOKEN}`).toString('base64');
    const headers = { authorization: `Basic ${basic}` };
    const request = path.startsWith('http') ? path : `${this.url}/v1${path}`;
    const response = await fetch(request, { method, headers, body: body ?? null });
    const text = await response.text();
    return {
      status: response.status,
      headers: response.headers,
      body: text ? v.parse(Json, JSON.parse(text)) : {},
    };
  }

  /** Uploads a version of the Asset or Function at `path`. */
  upload(path: string, file: UploadedFile): Promise<Reply> {
    const form = new FormData();
    form.set('Path', file.path);
    form.set('Visibility', file.visibility ?? 'public');
    const type = file.type ?? 'audio/mpeg';
    form.set('Content', new Blob([file.content ?? 'content'], { type }), 'file');
    return this.send('POST', `${path}/Versions`, form);
  }

  async service(name = 'prompts'): Promise<string> {
    return sidOf(await this.post('/Services', { UniqueName: name, FriendlyName: name }));
  }

  async environment(service: string, suffix = 'dev'): Promise<string> {
    const fields = { UniqueName: `${suffix}-environment`, DomainSuffix: suffix };
    return sidOf(await this.post(`/Services/${service}/Environments`, fields));
  }

  /** Creates an Asset with one version; returns both SIDs. */
  asset(service: string, file: UploadedFile): Promise<{ file: string; version: string }> {
    return this.file(service, 'Assets', file);
  }

  /** Creates a Function with one version; returns both SIDs. */
  function(service: string, file: UploadedFile): Promise<{ file: string; version: string }> {
    return this.file(service, 'Functions', { type: 'application/javascript', ...file });
  }

  private async file(service: string, kind: string, file: UploadedFile) {
    const all = `/Services/${service}/${kind}`;
    const sid = sidOf(await this.post(all, { FriendlyName: file.path }));
    return { file: sid, version: sidOf(await this.upload(`${all}/${sid}`, file)) };
  }

  async build(service: string, fields: Fields): Promise<string> {
    return sidOf(await this.post(`/Services/${service}/Builds`, fields));
  }

  /** Deploys a Build of these Asset Versions; returns its SID. */
  async deploy(service: string, environment: string, assets: readonly string[]): Promise<string> {
    const build = await this.build(service, { AssetVersions: assets });
    const path = `/Services/${service}/Environments/${environment}/Deployments`;
    sidOf(await this.post(path, { BuildSid: build }));
    return build;
  }
}

/** The SID of a created resource. @throws {Error} with the response if there is none */
export function sidOf(reply: Reply): string {
  if (typeof reply.body.sid !== 'string') throw new Error(JSON.stringify(reply.body));
  return reply.body.sid;
}

/** One field of each entry of a list. */
export function pluck(reply: Reply, key: string, field: string): unknown[] {
  return v.parse(v.array(Json), reply.body[key]).map((entry) => entry[field]);
}

function encode(fields: Fields): URLSearchParams {
  const form = new URLSearchParams();
  for (const [name, value] of Object.entries(fields)) {
    for (const one of [value].flat()) form.append(name, one);
  }
  return form;
}

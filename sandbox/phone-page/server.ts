import { randomBytes } from 'node:crypto';
import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http';
import { join } from 'node:path';
import send from 'send';
import * as v from 'valibot';
import { presignedUrl } from '../../cli/presigned-url';
import { PROJECT_DIRECTORY } from '../../cli/project';
import { call, type SendRequest, sendRequest } from '../../phone';
import type { CallFlow } from '../../src/call-flow/schema';
import { type Clock, systemClock } from '../../src/clock';
import { readConfig } from '../../src/config';
import { PlayError } from '../../src/errors';
import { FLOW_EVENTS } from '../../src/limits';
import { BodyTooLargeError } from '../edge/request-body';
import { sendText } from '../edge/responses';
import { pathOf } from '../edge/server';
import type { Hang } from '../hang';
import { CALLER, callOptions, NUMBER } from '../inspector';
import type { S3Switch } from '../s3-switch';
import type { Sandbox } from '../sandbox';
import {
  openEventStream,
  RequestError,
  readJson,
  requireOwnHost,
  requireOwnOrigin,
  sendJson,
} from './http';
import { LiveCall } from './live-call';
import { playPresigned } from './presigned-plays';
import { promptNames } from './prompt-names';
import { type CallSettings, callSettings, type State, type Switches, switches } from './protocol';
import { replayOf } from './replay';

export interface PhonePageOptions {
  readonly sandbox: Pick<Sandbox, 'publicOrigin' | 'variables' | 'twilio'>;
  readonly flow: CallFlow;
  /** Undefined where the bucket is the user's own. */
  readonly s3: S3Switch | undefined;
  readonly hang: Hang;
  readonly clock?: Clock;
  /** Sends the phone's requests. */
  readonly send?: SendRequest;
  /** Folder of the built page. */
  readonly pageFolder?: string;
}

export interface PhonePage {
  /** Answers for the page at `/` and `/phone/…`, and leaves all others to the edge. */
  readonly front: (edge: RequestListener) => RequestListener;
  /** Ends all calls. */
  close(): void;
}

/** Calls that are kept, so that they can be linked to. */
const CALLS_KEPT = 20;

const PAGE_FOLDER = join(PROJECT_DIRECTORY, '.twilioserverless', 'phone-page');

/** Nothing from elsewhere, and no site that shows this one in a frame of its own. */
const PAGE_HEADERS = {
  'Content-Security-Policy':
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; media-src 'self' blob:; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
  'Cross-Origin-Resource-Policy': 'same-origin',
  'Referrer-Policy': 'no-referrer',
  'X-Content-Type-Options': 'nosniff',
  'Cache-Control': 'no-store',
};

const count = v.pipe(v.number(), v.integer(), v.minValue(0));
const key = v.object({
  key: v.pipe(v.string(), v.regex(/^[0-9*#]$/, 'it is one of 0-9, * and #')),
});
const played = v.object({ sound: count });
const nothing = v.object({});
const replay = v.object({ appended: v.boolean() });

type Respond = (
  exchange: { readonly request: IncomingMessage; readonly response: ServerResponse },
  ...parts: string[]
) => unknown;

/** The server of the phone page, which protocol.ts describes. */
export function createPhonePage(options: PhonePageOptions): PhonePage {
  const { sandbox, flow, s3, hang, clock = systemClock } = options;
  const { send: sendOverNetwork = sendRequest, pageFolder = PAGE_FOLDER } = options;
  const { variables, publicOrigin } = sandbox;
  const bucket = readConfig(variables).s3;
  const names = promptNames(flow, sandbox);
  /** Newest last. */
  const calls = new Map<string, LiveCall>();

  const state = (): State => ({
    number: NUMBER,
    caller: CALLER,
    ownBucket: s3 === undefined,
    bucket: bucket.bucket,
    s3Stopped: s3?.isStopped() ?? false,
    webhooksHang: hang.isOn(),
    calls: [...calls]
      .map(([id, { at, settings }]) => ({ id, at: at.toISOString(), source: settings.source }))
      .reverse(),
  });

  const set = async ({ s3Stopped, webhooksHang }: Switches): Promise<void> => {
    if (s3Stopped !== undefined && !s3) {
      throw new RequestError(409, 'The bucket is your own: the sandbox cannot stop its S3.');
    }
    if (s3Stopped !== undefined) await s3?.set(s3Stopped);
    if (webhooksHang !== undefined) webhooksHang ? hang.begin(1) : hang.end();
  };

  const begin = (settings: CallSettings): string => {
    const id = randomBytes(8).toString('hex');
    const callSid = `CA${randomBytes(16).toString('hex')}`;
    const presigned = new Map<string, string>();
    const presign = async (promptKey: string) => {
      const url = await presignedUrl(bucket, promptKey);
      presigned.set(url, promptKey);
      return url;
    };
    const isPresigned = settings.source === 'presigned';
    const begun = new LiveCall({
      callSid,
      settings,
      names,
      clock,
      keyOf: (url) => presigned.get(url) ?? names.keyOf(url),
      place: { publicOrigin, region: bucket.region },
      send: isPresigned
        ? playPresigned(sendOverNetwork, { keyOf: names.keyOf, presign })
        : sendOverNetwork,
      dial: (phone) =>
        call({
          ...callOptions(sandbox, []),
          ...phone,
          append: settings.append,
          callSid,
          maxEvents: FLOW_EVENTS,
        }),
    });
    calls.set(id, begun);
    forgetOldest(calls);
    return id;
  };

  const callOf = (id: string | undefined): LiveCall => {
    const found = calls.get(id ?? '');
    if (found) return found;
    throw new RequestError(404, `There is no such call: the sandbox keeps the last ${CALLS_KEPT}.`);
  };

  const follow: Respond = ({ response }, id) => {
    const followed = callOf(id);
    const write = openEventStream(response);
    const unfollow = followed.follow((message) => {
      write(message);
      if (message.type === 'ended') response.end();
    });
    response.once('close', unfollow);
  };

  /** Answers a POST that tells a call something. */
  const tell =
    <Schema extends v.GenericSchema>(
      schema: Schema,
      act: (told: LiveCall, body: v.InferOutput<Schema>) => void,
    ): Respond =>
    async ({ request, response }, id) => {
      const told = callOf(id);
      act(told, await readJson(request, schema));
      response.writeHead(204).end();
    };

  const sendSound: Respond = ({ response }, id, index) => {
    const sound = callOf(id).sound(Number(index));
    if (!sound) throw new RequestError(404, 'The call has no such sound.');
    const { body, contentType } = sound;
    response.writeHead(200, { 'Content-Type': contentType, 'Content-Length': body.length });
    response.end(body);
  };

  const sendRecording: Respond = async ({ response }, id) => {
    const wav = await callOf(id).recording();
    response.writeHead(200, {
      'Content-Type': 'audio/wav',
      'Content-Length': wav.length,
      'Content-Disposition': `attachment; filename="call-${id}.wav"`,
    });
    response.end(wav);
  };

  const sendAgain: Respond = async ({ request, response }, id, index) => {
    const replayed = callOf(id);
    const sent = replayed.request(Number(index));
    if (!sent) throw new RequestError(404, 'The call has no such request.');
    const { appended } = await readJson(request, replay);
    if (replayed.isFullOfReplays) {
      throw new RequestError(429, 'Enough requests of this call were sent again: make a new call.');
    }
    const again = replayOf(sent, appended, {
      call: identityOf(replayed.callSid),
      authToken: variables.AUTH_TOKEN,
    });
    sendJson(response, await replayed.replay(Number(index), again));
  };

  const identityOf = (callSid: string) => ({
    callSid,
    accountSid: variables.ACCOUNT_SID,
    from: CALLER,
    to: NUMBER,
    forwardedFrom: NUMBER,
  });

  const routes: readonly (readonly ['GET' | 'POST', RegExp, Respond])[] = [
    ['GET', /^\/phone\/state$/, ({ response }) => sendJson(response, state())],
    [
      'POST',
      /^\/phone\/switches$/,
      async ({ request, response }) => {
        await set(await readJson(request, switches));
        sendJson(response, state());
      },
    ],
    [
      'POST',
      /^\/phone\/calls$/,
      async ({ request, response }) => {
        sendJson(response, { id: begin(await readJson(request, callSettings)) });
      },
    ],
    ['GET', /^\/phone\/calls\/(\w+)$/, follow],
    ['POST', /^\/phone\/calls\/(\w+)\/keys$/, tell(key, (told, body) => told.press(body.key))],
    [
      'POST',
      /^\/phone\/calls\/(\w+)\/played$/,
      tell(played, (told, { sound }) => told.played(sound)),
    ],
    ['POST', /^\/phone\/calls\/(\w+)\/hangup$/, tell(nothing, (told) => told.hangUp())],
    ['GET', /^\/phone\/calls\/(\w+)\/sounds\/(\d{1,6})$/, sendSound],
    ['GET', /^\/phone\/calls\/(\w+)\/recording\.wav$/, sendRecording],
    ['POST', /^\/phone\/calls\/(\w+)\/requests\/(\d{1,6})\/replay$/, sendAgain],
  ];

  const respond = async (request: IncomingMessage, response: ServerResponse, path: string) => {
    requireOwnHost(request);
    for (const [name, value] of Object.entries(PAGE_HEADERS)) response.setHeader(name, value);
    const method = request.method === 'HEAD' ? 'GET' : request.method;
    if (method === 'POST') requireOwnOrigin(request);
    const matching = routes.filter(([, pattern]) => pattern.test(path));
    const [route] = matching.filter(([allowed]) => allowed === method);
    if (route) {
      const [, ...parts] = route[1].exec(path) ?? [];
      return route[2]({ request, response }, ...parts);
    }
    if (matching.length > 0 || method !== 'GET') {
      throw new RequestError(405, `${request.method} is not allowed here.`);
    }
    sendFile(pageFolder, path, request, response);
  };

  return {
    front: (edge) => (request, response) => {
      const path = pathOf(request.url ?? '');
      if (path !== '/' && !path.startsWith('/phone/')) return edge(request, response);
      respond(request, response, path).catch((thrown) => sendFailure(response, thrown));
    },
    close() {
      for (const each of calls.values()) each.hangUp('The sandbox was stopped.');
    },
  };
}

function forgetOldest(calls: Map<string, LiveCall>): void {
  const [oldest] = calls;
  if (calls.size <= CALLS_KEPT || !oldest) return;
  const [id, call] = oldest;
  call.hangUp('The call was ended, as many others began.');
  calls.delete(id);
}

/** Sends a file of the built page: `/` is index.html, and `/phone/<name>` all others. */
function sendFile(
  root: string,
  path: string,
  request: IncomingMessage,
  response: ServerResponse,
): void {
  const name = path === '/' ? 'index.html' : path.slice('/phone/'.length);
  send(request, name, { root, index: false, dotfiles: 'deny', cacheControl: false })
    .on('error', ({ status = 500 }) => {
      const text =
        path === '/' ? 'The phone page is not built: run npm run build.' : 'There is no such page.';
      if (response.headersSent) response.destroy();
      else sendText(response, status, text);
    })
    .on('directory', () => sendText(response, 404, 'There is no such page.'))
    .pipe(response);
}

function sendFailure(response: ServerResponse, thrown: unknown): void {
  const { status, text } = failureOf(thrown);
  sendText(response, status, text);
}

function failureOf(thrown: unknown): { readonly status: number; readonly text: string } {
  if (thrown instanceof RequestError) return { status: thrown.status, text: thrown.message };
  if (thrown instanceof BodyTooLargeError) return { status: 413, text: `${thrown.message}.` };
  const reason = thrown instanceof PlayError ? `: ${thrown.message}` : '.';
  return { status: 500, text: `That did not work${reason}` };
}

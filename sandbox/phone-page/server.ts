import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http';
import * as v from 'valibot';
import { type SendRequest, sendRequest } from '../../phone';
import type { CallFlow } from '../../src/call-flow/schema';
import { type Clock, systemClock } from '../../src/clock';
import { readConfig } from '../../src/config';
import { PlayError } from '../../src/errors';
import { BodyTooLargeError } from '../edge/request-body';
import { sendText } from '../edge/responses';
import { pathOf } from '../edge/server';
import type { Hang } from '../hang';
import { type Built, CALLER, type Inspected, NUMBER } from '../inspector';
import type { S3Switch } from '../s3-switch';
import { CALLS_KEPT, createCalls } from './calls';
import {
  openEventStream,
  RequestError,
  readJson,
  requireOwnHost,
  requireOwnOrigin,
  sendBytes,
  sendJson,
} from './http';
import type { LiveCall } from './live-call';
import { PAGE_FOLDER, sendPageFile, setPageHeaders } from './page-files';
import { callSettings, count, type State, type Switches, switches } from './protocol';

export interface PhonePageOptions {
  readonly sandbox: Inspected & Built;
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
  const bucket = readConfig(sandbox.variables).s3.bucket;
  const calls = createCalls({ sandbox, flow, clock, send: sendOverNetwork });

  const state = (): State => ({
    number: NUMBER,
    caller: CALLER,
    ownBucket: s3 === undefined,
    bucket,
    s3Stopped: s3?.isStopped() ?? false,
    webhooksHang: hang.isOn(),
    calls: calls.list(),
  });

  const set = async ({ s3Stopped, webhooksHang }: Switches): Promise<void> => {
    if (s3Stopped !== undefined && !s3) {
      throw new RequestError(409, 'The bucket is your own: the sandbox cannot stop its S3.');
    }
    if (s3Stopped !== undefined) await s3?.set(s3Stopped);
    if (webhooksHang !== undefined) webhooksHang ? hang.begin(1) : hang.end();
  };

  const callOf = (id = ''): LiveCall => {
    const found = calls.get(id);
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
      act: (call: LiveCall, body: v.InferOutput<Schema>) => void,
    ): Respond =>
    async ({ request, response }, id) => {
      const call = callOf(id);
      act(call, await readJson(request, schema));
      response.writeHead(204).end();
    };

  const sendSound: Respond = ({ request, response }, id, index) => {
    const sound = callOf(id).sound(Number(index));
    if (!sound) throw new RequestError(404, 'The call has no such sound.');
    sendBytes(request, response, sound);
  };

  const sendRecording: Respond = async ({ request, response }, id) => {
    const body = await callOf(id).recording();
    response.setHeader('Content-Disposition', `attachment; filename="call-${id}.wav"`);
    sendBytes(request, response, { body, contentType: 'audio/wav' });
  };

  const sendAgain: Respond = async ({ request, response }, id, index) => {
    const call = callOf(id);
    const { appended } = await readJson(request, replay);
    const row = await call.replay(Number(index), appended);
    if (row === undefined) throw new RequestError(404, 'The call has no such request.');
    if (row === 'too many') {
      throw new RequestError(429, 'Many requests of this call were sent again: make a new call.');
    }
    sendJson(response, row);
  };

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
        sendJson(response, { id: calls.begin(await readJson(request, callSettings)) });
      },
    ],
    ['GET', /^\/phone\/calls\/(\w+)$/, follow],
    ['POST', /^\/phone\/calls\/(\w+)\/keys$/, tell(key, (call, body) => call.press(body.key))],
    [
      'POST',
      /^\/phone\/calls\/(\w+)\/played$/,
      tell(played, (call, { sound }) => call.played(sound)),
    ],
    ['POST', /^\/phone\/calls\/(\w+)\/hangup$/, tell(nothing, (call) => call.end('You hung up.'))],
    ['GET', /^\/phone\/calls\/(\w+)\/sounds\/(\d{1,6})$/, sendSound],
    ['GET', /^\/phone\/calls\/(\w+)\/recording\.wav$/, sendRecording],
    ['POST', /^\/phone\/calls\/(\w+)\/requests\/(\d{1,6})\/replay$/, sendAgain],
  ];

  const respond = async (request: IncomingMessage, response: ServerResponse, path: string) => {
    requireOwnHost(request);
    setPageHeaders(response);
    const { method = '' } = request;
    if (method === 'POST') requireOwnOrigin(request);
    const matching = routes.filter(([, pattern]) => pattern.test(path));
    const [route] = matching.filter(([allowed]) => allowed === method);
    if (route) {
      const [, pattern, answer] = route;
      return answer({ request, response }, ...(pattern.exec(path) ?? []).slice(1));
    }
    if (matching.length > 0 || !['GET', 'HEAD'].includes(method)) {
      throw new RequestError(405, `${method} is not allowed here.`);
    }
    sendPageFile(pageFolder, path, request, response);
  };

  return {
    front: (edge) => (request, response) => {
      const path = pathOf(request.url ?? '');
      if (path !== '/' && !path.startsWith('/phone/')) return edge(request, response);
      respond(request, response, path).catch((thrown) => sendFailure(response, thrown));
    },
    close: calls.close,
  };
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

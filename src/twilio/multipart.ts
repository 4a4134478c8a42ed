import { type RequestOptions, request as sendHttp } from 'node:http';
import { request as sendHttps } from 'node:https';
import { text } from 'node:stream/consumers';
import { PlayError } from '../errors';

/** A form with text fields and one file. */
export interface MultipartForm {
  readonly fields: Readonly<Record<string, string>>;
  readonly file: {
    /** Name of the form's field. */
    readonly field: string;
    readonly filename: string;
    readonly contentType: string;
    readonly content: Buffer;
  };
}

export interface MultipartRequest extends Pick<RequestOptions, 'agent' | 'auth'> {
  readonly url: string;
  readonly form: MultipartForm;
  /** For the request and its whole response. */
  readonly timeoutMs: number;
}

export interface MultipartResponse {
  readonly statusCode: number;
  readonly headers: unknown;
  /** Parsed, if it is JSON. */
  readonly body: unknown;
}

/**
 * POSTs a form as multipart/form-data, without a copy of its file in memory. `fetch` would copy it
 * into a Blob and again into a stream: four uploads of 8 MB at once then take 200 MB more, and a
 * Function has 256 MB.
 *
 * @throws {Error} when the connection breaks
 * @throws {PlayError} when the whole response has not come in time
 */
export async function postMultipart(request: MultipartRequest): Promise<MultipartResponse> {
  const { url, form, agent, auth, timeoutMs } = request;
  const { contentType, head, tail } = await frameOf(form);
  const { content } = form.file;
  const send = new URL(url).protocol === 'https:' ? sendHttps : sendHttp;
  const headers = {
    'content-type': contentType,
    'content-length': head.length + content.length + tail.length,
  };
  let timer: NodeJS.Timeout | undefined;
  return new Promise<MultipartResponse>((resolve, reject) => {
    const sent = send(url, { method: 'POST', agent, auth, headers });
    // Not the request's own timeout: it does not run while the request waits for a socket.
    timer = setTimeout(() => {
      reject(new PlayError(`no response within ${timeoutMs / 1000} s`));
      sent.destroy();
    }, timeoutMs);
    sent.on('error', reject);
    sent.on('response', (response) => {
      text(response).then((body) => {
        // A response that came early: Twilio does not read the rest of the file.
        if (!sent.writableFinished) sent.destroy();
        const { statusCode = 0, headers } = response;
        resolve({ statusCode, headers, body: parse(body) });
      }, reject);
    });
    sent.write(head);
    sent.write(content);
    sent.end(tail);
  }).finally(() => clearTimeout(timer));
}

/**
 * The bytes before and after the file: Node's own encoding of the form with an empty file, cut where
 * the file would be. https://www.rfc-editor.org/rfc/rfc7578#section-4.1
 */
async function frameOf({ fields, file }: MultipartForm) {
  const form = new FormData();
  for (const [name, value] of Object.entries(fields)) form.set(name, value);
  form.set(file.field, new Blob([], { type: file.contentType }), file.filename);
  const encoded = new Request('http://localhost', { method: 'POST', body: form });
  const bytes = Buffer.from(await encoded.arrayBuffer());
  const end = bytes.lastIndexOf('\r\n--');
  return {
    contentType: encoded.headers.get('content-type') ?? '',
    head: bytes.subarray(0, end),
    tail: bytes.subarray(end),
  };
}

function parse(body: string): unknown {
  try {
    return JSON.parse(body);
  } catch {
    return body;
  }
}

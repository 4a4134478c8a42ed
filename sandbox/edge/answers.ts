import type { ServerResponse } from 'node:http';

/** Answers in one sentence of plain text, unless an answer is already under way. */
export function answerText(
  response: ServerResponse,
  status: number,
  text: string,
  headers: Record<string, string> = {},
): void {
  answer(response, status, text, { 'Content-Type': 'text/plain; charset=utf-8', ...headers });
}

/**
 * Answers for a Function that failed in a way that Twilio counts as 82002, in the shape of
 * Twilio's API errors. The body that Twilio's own gateway sends is not documented.
 * https://www.twilio.com/docs/api/errors/82002
 */
export function answerFunctionError(
  response: ServerResponse,
  status: number,
  message: string,
): void {
  const moreInfo = 'https://www.twilio.com/docs/errors/82002';
  answer(response, status, JSON.stringify({ code: 82002, message, more_info: moreInfo, status }), {
    'Content-Type': 'application/json',
  });
}

function answer(
  response: ServerResponse,
  status: number,
  body: string,
  headers: Record<string, string>,
): void {
  if (response.headersSent) return;
  for (const name of response.getHeaderNames()) response.removeHeader(name);
  response.writeHead(status, { ...headers, 'Content-Length': Buffer.byteLength(body) });
  response.end(body);
}

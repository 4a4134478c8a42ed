import type { TestRehearsal } from './start-rehearsal';

/** Path, status and type of the console at both of its addresses, and of its style and script. */
export async function loadConsole(
  { request }: Pick<TestRehearsal, 'request'>,
  origin: string,
): Promise<string[]> {
  const get = async (url: string) => {
    const { status, headers, body } = await request({ method: 'GET', url, headers: {} });
    const answer = `${new URL(url).pathname} ${status} ${headers['content-type']}`;
    return { answer, text: Buffer.from(body).toString() };
  };
  const page = await get(`${origin}/index.html`);
  const answers = [(await get(`${origin}/`)).answer, page.answer];
  // One after the other: a rehearsal does one thing at a time.
  for (const [, address = ''] of page.text.matchAll(/(?:href|src)="(\/[^"]+)"/g)) {
    answers.push((await get(origin + address)).answer);
  }
  return answers;
}

export const SERVED_CONSOLE = [
  '/ 200 text/html',
  '/index.html 200 text/html',
  '/console/main.css 200 text/css',
  '/console/main.js 200 application/javascript',
];

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { hostedFile, startEdge, type TestEdge } from '../helpers/sandbox/start-edge';

const read = (file: string) => readFileSync(join(__dirname, '../..', file), 'utf8');
const [, example = ''] = /^```js\n(exports\.handler = .*?)^```$/ms.exec(read('README.md')) ?? [];
const library = read('.twilioserverless/lib/prompt-url.js');

let edge: TestEdge;
beforeAll(async () => {
  edge = await startEdge();
});
afterAll(() => edge.close());

/** The TwiML of the README's Function in a project of its own. */
async function askWith(variables: Record<string, string>): Promise<string> {
  await edge.deploy({
    functions: [hostedFile('/example', example)],
    assets: [hostedFile('/prompt-url.js', library, { visibility: 'private' })],
    variables,
  });
  return (await edge.request('/example')).text;
}

describe('the README’s Function', () => {
  it('plays the prompt inside its Gather', async () => {
    const twiml = await askWith({
      S3_BUCKET: 'examplebucket',
      S3_REGION: 'us-east-1',
      S3_ACCESS_KEY_ID: 'AKIAIOSFODNN7EXAMPLE',
      S3_SECRET_ACCESS_KEY: 'wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY',
    });
    expect(twiml).toMatch(
      /<Gather numDigits="1" action="\/pressed"><Play>\S+\/audio\?key=prompts%2Fmenu\.mp3&amp;\S+<\/Play><\/Gather>/,
    );
  });

  it('says its text inside its Gather when the prompt cannot be played', async () => {
    expect(await askWith({})).toContain('<Say>For opening hours, press 1.</Say></Gather>');
  });
});

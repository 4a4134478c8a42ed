import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import type { handler as voice } from '../../functions/voice.protected';
import { CALL_FLOW_FILE } from '../../src/call-flow/files';
import { outlineOf } from '../helpers/call-flow/outline';
import {
  deleteTwilioGlobals,
  setTwilioGlobals,
  type TwilioResponse,
} from '../helpers/twilio-globals';

const built = join(__dirname, '../../.twilioserverless/functions');
const bundle: { handler: typeof voice } = require(join(built, 'voice.protected.js'));
const text = readFileSync(join(__dirname, '../..', CALL_FLOW_FILE), 'utf8');
const PARSER = { path: join(built, 'call-flow-parser.private.js') };

let files = 0;
/** The first verb of a call to a deployment of the bundle, with this text as its call flow. */
async function firstVerb(
  flow: string,
  functions: ReturnType<typeof Runtime.getFunctions>,
): Promise<string | undefined> {
  files += 1;
  const path = `/builds/${files}/call-flow.json`;
  setTwilioGlobals({ '/call-flow.json': { path, open: () => flow } }, functions);
  const response = await new Promise<TwilioResponse>((resolve) => {
    const context = { DOMAIN_NAME: 'clinic-1234-dev.twil.io' };
    bundle.handler(context, {}, (_, answer) => resolve(answer as TwilioResponse));
  });
  return outlineOf(String(response.body))[0];
}

let logged: string;
beforeEach(() => {
  logged = '';
  jest.spyOn(console, 'info').mockImplementation(() => undefined);
  for (const level of ['error', 'warn'] as const) {
    jest.spyOn(console, level).mockImplementation((line) => {
      logged += line;
    });
  }
});
afterEach(() => {
  jest.restoreAllMocks();
  deleteTwilioGlobals();
});

const WELCOME = 'Welcome to Harbour Clinic. Thank you for calling.';
const APOLOGY = /^Say We are sorry\./;

describe('a voice Function that was built', () => {
  it('answers by the call flow that the build checked, without the parser', async () => {
    expect(await firstVerb(text, {})).toContain(WELCOME);
  });

  it.each(['call-flow-parser', '/call-flow-parser'])(
    'answers by a call flow that was edited after the build, by the private Function %s',
    async (name) => {
      const edited = text.replace(WELCOME, 'Good morning.');
      expect(await firstVerb(edited, { [name]: PARSER })).toContain('Good morning.');
      expect(await firstVerb(text, { [name]: PARSER })).toContain(WELCOME);
    },
  );

  it('says in its log where a call flow is wrong that was edited after the build', async () => {
    const edited = text.replace('"timeout": 5', '"timeout": 0');
    expect(await firstVerb(edited, { 'call-flow-parser': PARSER })).toMatch(APOLOGY);
    expect(logged).toContain('menus.main.timeout must be a whole number from 1 to ');
  });

  it('says in its log what to do about such a call flow without the parser', async () => {
    expect(await firstVerb(`${text}\n`, {})).toMatch(APOLOGY);
    expect(logged).toContain('Run npm run build, and deploy the whole project again.');
  });
});

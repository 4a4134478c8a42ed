import { describe, expect, it } from '@jest/globals';
import { missingPromptLines } from '../../cli/deploy/missing-prompts';
import { checkVariables, refuseOtherApi } from '../../cli/deploy/prepare';
import { adviceOnRefusal } from '../../cli/deploy/toolkit';
import { parseCallFlow } from '../../src/call-flow/parse';
import { readAccount } from '../../src/config';
import { ConfigError } from '../../src/errors';

const usable = {
  S3_BUCKET: 'prompts',
  S3_REGION: 'eu-central-1',
  S3_ACCESS_KEY_ID: 'AKIAIOSFODNN7EXAMPLE',
  S3_SECRET_ACCESS_KEY: 'wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY',
};
const account = { ACCOUNT_SID: `AC${'0'.repeat(32)}`, AUTH_TOKEN: 'token of the account' };

/** The message about this .env; empty when there is none. */
function problemsOf(file: Record<string, string>): string {
  try {
    checkVariables(file, '.env');
    return '';
  } catch (thrown) {
    if (thrown instanceof ConfigError) return thrown.message;
    throw thrown;
  }
}

describe('the variables of a deploy', () => {
  it('pass when all are usable', () => {
    expect(problemsOf({ ...usable, ...account })).toBe('');
  });

  it.each([
    'S3_BUCKET is not set',
    'S3_REGION must be a region',
    'ACCOUNT_SID must be an Account SID',
    'AUTH_TOKEN is not set',
  ])('are all named at once when they are missing or malformed: %s', (problem) => {
    expect(problemsOf({ S3_REGION: 'EU Central', ACCOUNT_SID: 'SK1' })).toContain(problem);
  });

  it('must name the account in .env, where the toolkit finds it', () => {
    expect(problemsOf({ ...usable, ACCOUNT_SID: '' })).toMatch(
      /ACCOUNT_SID is not set\n {2}AUTH_TOKEN is not set, nor are API_KEY and API_SECRET\nSet them in \.env\.$/,
    );
  });

  it('are to be set in the file that was read, whatever is missing', () => {
    expect(() => checkVariables({}, 'staging.env')).toThrow(
      /^(?!.*\.env\.example).*Set them in staging\.env\..*Set them in staging\.env\.$/s,
    );
  });

  it('must lead to Twilio, because the toolkit asks no other API', () => {
    const at = (apiOrigin: string | undefined) => () =>
      refuseOtherApi({ ...readAccount(account), apiOrigin }, '.env');
    expect(at('http://localhost:4000')).toThrow('.env sets TWILIO_API_URL');
    expect(at(undefined)).not.toThrow();
  });

  it('are named when a deployment would ignore them, without their values', () => {
    const short = { ADMIN_SECRET: 'too short', OPERATOR_NUMBER: '0120' };
    const problems = problemsOf({ ...usable, ...account, ...short });
    expect(problems).toMatch(/^ADMIN_SECRET is shorter than 32 .*\nOPERATOR_NUMBER is no phone/);
    expect(problems).not.toContain('too short');
    expect(problemsOf({ ...short, ...account })).toMatch(/S3_BUCKET is not set.*ADMIN_SECRET/s);
  });
});

describe('the prompts that the call flow names and the bucket lacks', () => {
  const flowWith = (...keys: readonly string[]) => {
    const digits = Object.fromEntries(
      keys.map((key, digit) => [digit, { action: 'play', prompt: { key, text: 'Hello.' } }]),
    );
    const flow = {
      start: { action: 'menu', menu: 'main' },
      menus: { main: { prompt: { text: 'Press a key.' }, digits } },
      farewell: { text: 'Goodbye.' },
    };
    return parseCallFlow(JSON.stringify(flow));
  };

  it('are named with their place, and with a key that was meant', () => {
    const keys = ['prompts/welcome.mp3', 'prompts/menu.mp3'];
    const flow = flowWith('prompts/menu.mp3', 'welcome.mp3', '/prompts/hours.mp3');
    expect(missingPromptLines(flow, keys, 'prompts/').split('\n')).toEqual([
      'The bucket has no welcome.mp3 under prompts/, which the call flow names in menus.main.digits.1.prompt: callers hear its text. Did you mean prompts/welcome.mp3?',
      'The bucket has no /prompts/hours.mp3 under prompts/, which the call flow names in menus.main.digits.2.prompt: callers hear its text.',
      '',
    ]);
    expect(missingPromptLines(flowWith('prompts/menu.mp3'), keys, 'prompts/')).toBe('');
  });
});

/** As the toolkit writes an error to a terminal: coloured, with a bar, broken into lines. */
const refusal = (...lines: string[]) =>
  ['✖ Failed Deployment', '', ...lines.map((line) => `\u001b[31m│\u001b[39m ${line}`)].join('\n');

describe('the advice on a refusal of Twilio’s', () => {
  it('about the runtime handler names the version that platform and npm both have', () => {
    const advice = adviceOnRefusal(
      refusal(
        '\u001b[1mERROR\u001b[22m Failed API Request 20001',
        'Some dependencies could not be validated. No matching version found for',
        '@twilio/runtime-handler@2.1.0. You can find the valid versions at',
        'https://www.twilio.com/docs/serverless/functions-assets/handler',
      ),
    );
    expect(advice).toContain('no @twilio/runtime-handler 2.1.0, whether npm has it or not');
    expect(advice).toContain('npm install --save-exact @twilio/runtime-handler@2.0.1');
  });

  it('about another package is to take a version that npm has', () => {
    const advice = adviceOnRefusal(
      refusal('ERROR Failed API Request 20001', 'No matching version found for twilio@6.99.0.'),
    );
    expect(advice).toMatch(/^Twilio cannot install twilio 6\.99\.0: /);
  });

  it('about the runtime is to set another one', () => {
    const advice = adviceOnRefusal(
      refusal('ERROR Failed API Request 82007', 'Unsupported Runtime: node18'),
    );
    expect(advice).toContain("set runtime to 'node22' in .twilioserverlessrc");
  });

  it('about an environment that another deploy has removed is to wait for that', () => {
    const path = `/Services/ZS${'0'.repeat(32)}/Environments/ZE${'0'.repeat(32)}/Variables`;
    const resource = ['The requested resource ', path, ' was not found'];
    const advice = adviceOnRefusal(refusal('ERROR Failed API Request 20404', ...resource));
    expect(advice).toMatch(/^Another deploy, .*: deploy again when it has ended\.$/);
  });

  it.each([
    ['nothing', ''],
    ['another code', refusal('ERROR Failed API Request 20003', 'Authenticate')],
  ])('is left out for %s', (_, errors) => {
    expect(adviceOnRefusal(errors)).toBeUndefined();
  });
});

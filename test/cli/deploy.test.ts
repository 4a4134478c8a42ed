import { describe, expect, it } from '@jest/globals';
import { checkVariables } from '../../cli/deploy';
import { adviceOnRefusal } from '../../cli/deploy/toolkit';
import { ConfigError } from '../../src/errors';

const usable = {
  S3_BUCKET: 'prompts',
  S3_REGION: 'eu-central-1',
  S3_ACCESS_KEY_ID: 'AKIAIOSFODNN7EXAMPLE',
  S3_SECRET_ACCESS_KEY: 'wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY',
};
const account = { ACCOUNT_SID: `AC${'0'.repeat(32)}`, AUTH_TOKEN: 'token of the account' };

/** What is said of a project with this .env. */
function problemsOf(file: Record<string, string>): string {
  try {
    checkVariables(file);
    return '';
  } catch (thrown) {
    if (thrown instanceof ConfigError) return thrown.message;
    throw thrown;
  }
}

describe('before a deploy', () => {
  it('usable variables pass', () => {
    expect(problemsOf({ ...usable, ...account })).toBe('');
  });

  it.each([
    'S3_BUCKET is not set',
    'S3_REGION must be a region',
    'ACCOUNT_SID must be an Account SID',
    'AUTH_TOKEN is not set',
  ])('all that is missing or malformed is named at once: %s', (problem) => {
    expect(problemsOf({ S3_REGION: 'EU Central', ACCOUNT_SID: 'SK1' })).toContain(problem);
  });

  it('an account that is missing is to be set in .env, where the toolkit finds it', () => {
    expect(problemsOf({ ...usable, ACCOUNT_SID: '' })).toMatch(
      /ACCOUNT_SID is not set\n {2}AUTH_TOKEN is not set\nSet them in \.env\.$/,
    );
  });

  it('what a deployment would quietly do without is named, and never its value', () => {
    const short = { ADMIN_SECRET: 'too short', OPERATOR_NUMBER: '0120' };
    const problems = problemsOf({ ...usable, ...account, ...short });
    expect(problems).toMatch(/^ADMIN_SECRET is shorter than 32 .*\nOPERATOR_NUMBER is no phone/);
    expect(problems).not.toContain('too short');
    expect(problemsOf({ ...short, ...account })).toMatch(/S3_BUCKET is not set.*ADMIN_SECRET/s);
  });
});

/** As the toolkit writes an error to a terminal: coloured, with a bar, broken into lines. */
const refusal = (...lines: string[]) =>
  ['✖ Failed Deployment', '', ...lines.map((line) => `\u001b[31m│\u001b[39m ${line}`)].join('\n');

describe('what a person can do about Twilio’s refusal', () => {
  it('of the runtime handler is to take the version that platform and npm both have', () => {
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

  it('of another package is to give it a version that npm has', () => {
    const advice = adviceOnRefusal(
      refusal('ERROR Failed API Request 20001', 'No matching version found for twilio@6.99.0.'),
    );
    expect(advice).toMatch(/^Twilio cannot install twilio 6\.99\.0: /);
  });

  it('of the runtime is to set another one', () => {
    const advice = adviceOnRefusal(
      refusal('ERROR Failed API Request 82007', 'Unsupported Runtime: node18'),
    );
    expect(advice).toContain("set runtime to 'node22' in .twilioserverlessrc");
  });

  it.each([
    ['nothing', ''],
    ['another code', refusal('ERROR Failed API Request 20003', 'Authenticate')],
  ])('is not guessed at for %s', (_, errors) => {
    expect(adviceOnRefusal(errors)).toBeUndefined();
  });
});

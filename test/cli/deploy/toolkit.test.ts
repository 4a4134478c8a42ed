import { describe, expect, it } from '@jest/globals';
import { adviceOnRefusal } from '../../../cli/deploy/toolkit';

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

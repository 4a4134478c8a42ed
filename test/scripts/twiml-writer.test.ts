import { readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import { missingMethods } from '../../scripts/twiml-writer';

describe("the build's check of Twilio's TwiML classes", () => {
  it.each(['TwiML', 'VoiceResponse'])(
    'finds all that %s calls of xmlbuilder in our writer',
    (name) => {
      const source = readFileSync(require.resolve(`twilio/lib/twiml/${name}`), 'utf8');
      expect(source).toMatch(/\.ele\(/);
      expect(missingMethods(source)).toEqual([]);
    },
  );

  it('names what our writer does not have', () => {
    const source = `
      xmlbuilder_1.default
        .begin("Response", {})
        .instructionBefore("x");
      this.response.ele("Say").att("a", "b");
      this.dial.cdata(text);
      return this._getXml().up();`;
    expect(missingMethods(source)).toEqual(['begin', 'instructionBefore', 'cdata', 'up']);
  });
});

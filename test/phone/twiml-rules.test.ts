import { readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import { RULES } from '../../phone/twiml-rules';

const types = readFileSync(require.resolve('twilio/lib/twiml/VoiceResponse.d.ts'), 'utf8');

/** The attributes that the `twilio` library's types give an element. */
function attributesInTwilioTypes(element: string): string[] {
  const ssml = /^[a-z]/.test(element) ? 'Ssml' : '';
  const name = element.replace(/(^|-)([a-z])/g, (_, __, letter: string) => letter.toUpperCase());
  const [, body = ''] = types.match(`interface ${ssml}${name}Attributes {([^}]*)}`) ?? [];
  return [...body.matchAll(/^\s*"?([\w:-]+)"?\?:/gm)].map(([, attribute = '']) => attribute).sort();
}

describe('the rules of TwiML', () => {
  it.each(Object.keys(RULES))(
    "know the attributes of <%s> that Twilio's own types know",
    (name) => {
      const known = Object.keys(RULES[name]?.attributes ?? {}).sort();
      expect(known).toEqual(attributesInTwilioTypes(name));
    },
  );

  it('have a rule for every element that may stand in another', () => {
    const children = Object.values(RULES).flatMap((rule) => rule.children);
    expect(children.filter((child) => !(child in RULES))).toEqual([]);
  });
});

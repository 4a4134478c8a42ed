import { readFileSync } from 'node:fs';
import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import VoiceResponse from 'twilio/lib/twiml/VoiceResponse';
import { CallError, readTwiml } from '../../phone';
import { RULES } from '../../phone/twiml';
import { TWIML_BYTES } from '../../src/limits';

const inResponse = (verbs: string) =>
  `<?xml version="1.0" encoding="UTF-8"?><Response>${verbs}</Response>`;

function codeOf(document: string | Uint8Array): number | 'accepted' {
  try {
    readTwiml(document);
    return 'accepted';
  } catch (error) {
    if (error instanceof CallError) return error.code;
    throw error;
  }
}

describe('a TwiML document', () => {
  test('is read in order, with attributes, texts and nesting', () => {
    const verbs = readTwiml(
      inResponse(`
        <!-- greeting -->
        <Play loop="2">
          https://example.com/a.mp3?x=1&amp;y=%2B
        </Play>
        <Gather numDigits="1" action='/menu?a=1&amp;b=&quot;' finishOnKey="">
          <Say language="ja-JP">1 &lt; 2 &#x97F3;&#22768;<![CDATA[ & so on]]></Say><Pause length="1"/>
        </Gather>
        <Dial timeout="20"><Number>+81 50</Number></Dial>
        <Hangup></Hangup>`),
    );
    expect(verbs).toEqual([
      {
        name: 'Play',
        attributes: { loop: '2' },
        text: 'https://example.com/a.mp3?x=1&y=%2B',
        children: [],
      },
      {
        name: 'Gather',
        attributes: { numDigits: '1', action: '/menu?a=1&b="', finishOnKey: '' },
        text: '',
        children: [
          {
            name: 'Say',
            attributes: { language: 'ja-JP' },
            text: '1 < 2 音声 & so on',
            children: [],
          },
          { name: 'Pause', attributes: { length: '1' }, text: '', children: [] },
        ],
      },
      {
        name: 'Dial',
        attributes: { timeout: '20' },
        text: '+81 50',
        children: [{ name: 'Number', attributes: {}, text: '+81 50', children: [] }],
      },
      { name: 'Hangup', attributes: {}, text: '', children: [] },
    ]);
  });

  test.each([
    '<Response/>',
    '<Response></Response>',
    ' \n<Response>\n</Response>\n<!-- end -->\n',
    '\ufeff<?xml version="1.0"?><Response/>',
    inResponse('<Reject reason="busy"/>'),
    inResponse('<Gather input="dtmf speech" timeout="5" actionOnEmptyResult="true"/>'),
    inResponse('<Record maxLength="30" finishOnKey="1#" timeout="5" method="GET"/>'),
    inResponse('<Redirect method="GET">/menu</Redirect>'),
    inResponse('<Say>a > b</Say>'),
  ])('is accepted: %j', (document) => {
    expect(codeOf(document)).toBe('accepted');
  });

  test.each([
    [12100, 'nothing', ''],
    [12100, 'plain text', 'Internal Server Error'],
    [12100, 'JSON', '{"message":"boom"}'],
    [12100, 'a blank before the declaration', ' <?xml version="1.0"?><Response/>'],
    [12100, 'another root', '<Answer/>'],
    [12100, 'a root in lower case', '<response/>'],
    [12100, 'two roots', '<Response/><Response/>'],
    [12100, 'an element after the root', '<Response></Response><Hangup/>'],
    [12100, 'text before the root', 'x<Response/>'],
    [12100, 'text after the root', '<Response/>x'],
    [12100, 'text after the root and a comment', '<Response/>x<!-- y -->'],
    [12100, 'an open element', '<Response><Say>hi</Response>'],
    [12100, 'crossed elements', inResponse('<Gather><Say>hi</Gather></Say>')],
    [12100, 'an unquoted attribute', inResponse('<Gather numDigits=1/>')],
    [12100, 'an attribute without a value', inResponse('<Gather bargeIn/>')],
    [12100, 'a repeated attribute', inResponse('<Play loop="1" loop="2">x</Play>')],
    [12100, 'a bare ampersand', inResponse('<Play>http://x/?a=1&b=2</Play>')],
    [12100, 'a bare ampersand in an attribute', inResponse('<Gather action="/?a=1&b=2"/>')],
    [12100, 'an unknown entity', inResponse('<Say>&nbsp;</Say>')],
    [12100, 'an entity of another spelling', inResponse('<Say>&AMP;</Say>')],
    [12100, 'a reference to no character', inResponse('<Say>&#0;</Say>')],
    [12100, 'a reference beyond Unicode', inResponse('<Say>&#x110000;</Say>')],
    [12100, 'an angle bracket in an attribute', inResponse('<Gather action="<"/>')],
    [12100, 'a stray ]]>', inResponse('<Say>]]></Say>')],
    [12100, 'a control character', inResponse('<Say>\u0000</Say>')],
    [12100, 'UTF-16', Buffer.from(inResponse('<Say>x</Say>'), 'utf16le')],
    [12100, 'Latin-1', Buffer.from(inResponse('<Say>é</Say>'), 'latin1')],
    [12100, 'an open comment', '<Response/><!-- x'],
    [12100, 'an open CDATA', inResponse('<Say><![CDATA[ x</Say>')],
    [12100, 'a processing instruction', inResponse('<?php echo 1 ?>')],
    [12100, 'a declaration without a version', '<?xml encoding="UTF-8"?><Response/>'],
    [12100, 'another encoding', '<?xml version="1.0" encoding="ISO-8859-1"?><Response/>'],
    [12100, 'a document type', '<!DOCTYPE Response><Response/>'],
    [
      12100,
      'entities that grow',
      '<!DOCTYPE r [<!ENTITY a "xxxxxxxxxx"><!ENTITY b "&a;&a;&a;">]><Response>&b;</Response>',
    ],
    [
      12100,
      'a file of the machine',
      '<!DOCTYPE r [<!ENTITY f SYSTEM "file:///etc/passwd">]><Response>&f;</Response>',
    ],
    [
      12200,
      'nesting without end',
      `<Response>${'<A>'.repeat(300)}${'</A>'.repeat(300)}</Response>`,
    ],
    [12200, 'a name that JavaScript has', inResponse('<__proto__/>')],
    [12200, 'an inherited name', inResponse('<isPrototypeOf/>')],
    [12200, 'an unknown verb', inResponse('<Sing>la</Sing>')],
    [12200, 'a verb in lower case', inResponse('<say>hi</say>')],
    [12200, 'a verb of another namespace', inResponse('<x:Say>hi</x:Say>')],
    [12200, 'an attribute of the root', '<Response version="1"/>'],
    [12200, 'an unknown attribute', inResponse('<Play repeat="2">x</Play>')],
    [12200, 'an inherited attribute', inResponse('<Play propertyIsEnumerable="2">x</Play>')],
    [12200, 'an attribute of another verb', inResponse('<Say digits="1">x</Say>')],
    [12200, 'a negative number of digits', inResponse('<Gather numDigits="-1"/>')],
    [12200, 'no digits', inResponse('<Gather numDigits="0"/>')],
    [12200, 'a long finishing key', inResponse('<Gather finishOnKey="12"/>')],
    [12200, 'an unknown method', inResponse('<Redirect method="PUT">x</Redirect>')],
    [12200, 'an unknown input', inResponse('<Gather input="tone"/>')],
    [12200, 'an unknown reason', inResponse('<Reject reason="angry"/>')],
    [12200, 'text between verbs', inResponse('hello<Hangup/>')],
    [12200, 'text in a Gather', inResponse('<Gather>press one</Gather>')],
    [12200, 'a verb in Play', inResponse('<Play><Say>x</Say></Play>')],
    [12200, 'a Gather in a Gather', inResponse('<Gather><Gather/></Gather>')],
    [12200, 'a Redirect in a Gather', inResponse('<Gather><Redirect>/x</Redirect></Gather>')],
    [12200, 'a Dial in a Gather', inResponse('<Gather><Dial>1</Dial></Gather>')],
    [12200, 'a noun out of place', inResponse('<Number>1</Number>')],
    [12200, 'a Response in a Response', inResponse('<Response/>')],
  ])('fails with %i for %s', (code, _, document) => {
    expect(codeOf(document)).toBe(code);
  });

  test('may have 64 kB, counted in bytes, and no more', () => {
    const frame = inResponse('<Say></Say>').length;
    const sized = (bytes: number) => inResponse(`<Say>${'é'.repeat((bytes - frame) / 2)}</Say>`);
    const even = TWIML_BYTES - ((TWIML_BYTES - frame) % 2);
    expect(codeOf(sized(even))).toBe('accepted');
    expect(codeOf(sized(even + 2))).toBe(11750);
  });

  test.each([
    ['<Client>', '<Dial><Client>alice</Client></Dial>'],
    ['<Conference>', '<Dial><Conference>room</Conference></Dial>'],
    ['<break>', '<Say>one <break time="1s"/> two</Say>'],
    ["the attribute 'digits' of <Play>", '<Play digits="1w2"/>'],
    ["the attribute 'hints' of <Gather>", '<Gather input="speech" hints="yes"/>'],
    [
      "the attribute 'machineDetection' of <Number>",
      '<Dial><Number machineDetection="Enable">1</Number></Dial>',
    ],
  ])('with %s is TwiML that the phone refuses to guess at', (unknown, verbs) => {
    expect(() => readTwiml(inResponse(verbs))).toThrow(
      `12200: Schema validation: the phone does not know ${unknown}`,
    );
  });

  test('is refused with what is wrong', () => {
    expect(() => readTwiml(inResponse('<Gather numDigits="x"/>'))).toThrow(
      "12200: Schema validation: <Gather numDigits> cannot be 'x'",
    );
  });
});

describe('the rules of TwiML', () => {
  const types = readFileSync(require.resolve('twilio/lib/twiml/VoiceResponse.d.ts'), 'utf8');

  /** The attributes that the `twilio` library's types give an element. */
  function attributesInTwilioTypes(element: string): string[] {
    const [, body = ''] = types.match(`interface ${element}Attributes {([^}]*)}`) ?? [];
    return [...body.matchAll(/^\s*"?([\w:-]+)"?\?:/gm)].map(([, attribute = '']) => attribute);
  }

  test.each(Object.entries(RULES))(
    "know no attribute of <%s> that Twilio's own types do not know",
    (name, { attributes }) => {
      expect(attributesInTwilioTypes(name)).toEqual(
        expect.arrayContaining(Object.keys(attributes)),
      );
    },
  );

  test('cover every element that may stand in another', () => {
    const children = Object.values(RULES).flatMap((rule) => rule.children);
    expect(children.filter((child) => !(child in RULES))).toEqual([]);
  });
});

describe('any TwiML that the twilio library writes', () => {
  const text = fc.string({ unit: 'binary', maxLength: 30 }).map(legalText);
  const url = fc.webUrl({ withQueryParameters: true, withFragments: true });
  const said = fc.record({ kind: fc.constant('say' as const), text });
  const played = fc.record({ kind: fc.constant('play' as const), url, loop: fc.nat(9) });
  const gathered = fc.record({
    kind: fc.constant('gather' as const),
    action: url,
    finishOnKey: fc.constantFrom('#', '*', '', '5'),
    nested: fc.array(fc.oneof(said, played), { maxLength: 3 }),
  });

  test('is read with the same meaning', () => {
    fc.assert(
      fc.property(fc.array(fc.oneof(said, played, gathered), { maxLength: 6 }), (plan) => {
        const response = new VoiceResponse();
        for (const verb of plan) {
          if (verb.kind === 'gather') {
            const { action, finishOnKey } = verb;
            const gather = response.gather({ action, finishOnKey });
            for (const nested of verb.nested) write(gather, nested);
          } else write(response, verb);
        }
        expect(readTwiml(response.toString()).map(meaning)).toEqual(plan.map(planned));
      }),
    );
  });

  type Spoken = { kind: 'say'; text: string } | { kind: 'play'; url: string; loop: number };
  type Planned = Spoken | { kind: 'gather'; action: string; finishOnKey: string; nested: Spoken[] };
  type Node = ReturnType<typeof readTwiml>[number];

  function write(parent: Pick<VoiceResponse, 'say' | 'play'>, verb: Spoken): void {
    if (verb.kind === 'say') parent.say(verb.text);
    else parent.play({ loop: verb.loop }, verb.url);
  }
  function planned(verb: Planned): unknown {
    if (verb.kind === 'say') return ['Say', verb.text.trim()];
    if (verb.kind === 'play') return ['Play', verb.url, String(verb.loop)];
    return ['Gather', verb.action, verb.finishOnKey, verb.nested.map(planned)];
  }
  function meaning({ name, attributes, text: spoken, children }: Node): unknown {
    if (name === 'Say') return [name, spoken];
    if (name === 'Play') return [name, spoken, attributes.loop];
    return [name, attributes.action, attributes.finishOnKey, children.map(meaning)];
  }
  /** What XML can hold; line ends are left out, as XML makes one of them all. */
  function legalText(raw: string): string {
    return raw.replace(/[^\t\u0020-\uD7FF\uE000-\uFFFD\u{10000}-\u{10FFFF}]/gu, '');
  }
});

describe('hostile TwiML', () => {
  const good = inResponse(
    '<Play loop="1">http://x/?a=1&amp;b=2</Play><Gather action="/m"><Say>a &lt; b<![CDATA[<]]></Say></Gather><!-- c -->',
  );
  const splice = fc.constantFrom(
    ...[
      '<',
      '>',
      '&',
      '"',
      "'",
      '/',
      '=',
      '<!',
      '<?',
      '?>',
      ']]>',
      '<![CDATA[',
      '<!--',
      '-->',
      ' ',
    ],
    ...['&#', ';', '\u0000', '\ud800', '<Response>', '</Response>', 'xmlns:', '__proto__'],
  );

  test('is read or refused with 12100 or 12200, however it was edited', () => {
    const edit = fc.record({ at: fc.nat(good.length), remove: fc.nat(8), insert: splice });
    fc.assert(
      fc.property(fc.array(edit, { minLength: 1, maxLength: 4 }), (edits) => {
        const hostile = edits.reduce(
          (document, { at, remove, insert }) =>
            document.slice(0, at) + insert + document.slice(at + remove),
          good,
        );
        expect(['accepted', 12100, 12200]).toContain(codeOf(hostile));
      }),
      { numRuns: 500 },
    );
  });

  test('is refused with 12100 or 12200 if it is random bytes', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
        expect([12100, 12200]).toContain(codeOf(bytes));
      }),
    );
  });
});

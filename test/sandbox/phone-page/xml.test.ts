import { describe, expect, it, test } from '@jest/globals';
import fc from 'fast-check';
import type { XmlElement } from '../../../phone/xml';
import { playPresigned } from '../../../sandbox/phone-page/presigned-plays';
import { formatXml, parseXml } from '../../../sandbox/phone-page/xml';

const format = (xml: string) => {
  const root = parseXml(xml);
  if (!root) throw new Error('not well-formed');
  return formatXml(root);
};

describe('XML', () => {
  test.each([
    ['<a/>', '<a/>'],
    ['<a></a>', '<a/>'],
    ['<a> </a>', '<a/>'],
    ['<a><b/><c>x</c></a>', '<a>\n  <b/>\n  <c>x</c>\n</a>'],
    ['<a>\n<b><c/></b></a>', '<a>\n  <b>\n    <c/>\n  </b>\n</a>'],
    ['<a>hello <b>you</b> there</a>', '<a>hello <b>you</b> there</a>'],
    [
      `<a b="x &quot;&amp;&lt; 'y'">&lt;&amp;&gt;</a>`,
      `<a b="x &quot;&amp;&lt; 'y'">&lt;&amp;&gt;</a>`,
    ],
    ['<a><![CDATA[<b>]]></a>', '<a>&lt;b&gt;</a>'],
  ])('%s is indented', (xml, indented) => {
    expect(format(xml)).toBe(indented);
  });

  it('keeps every text that it holds', () => {
    const text = fc
      .string({ unit: 'grapheme' })
      .filter((each) => /^[^\p{C}\r\n\t]*\S$/u.test(each));
    const { element } = fc.letrec<{ element: XmlElement }>((tie) => ({
      element: fc.record({
        name: fc.constantFrom('Play', 'Say', 'Gather'),
        attributes: fc.record({ action: text }),
        content: fc.oneof(
          { maxDepth: 4 },
          text.map((each) => [each]),
          fc.array(tie('element'), { maxLength: 3 }),
        ),
      }),
    }));
    fc.assert(
      fc.property(element, (root) => {
        const written = formatXml(root);
        const read = parseXml(written);
        expect(read && formatXml(read)).toBe(written);
        expect(textsOf(read)).toEqual(textsOf(root));
      }),
    );
  });
});

function textsOf(root: XmlElement | undefined): string[] {
  const own = root?.content.flatMap((piece) =>
    typeof piece === 'string' ? [piece] : textsOf(piece),
  );
  return (own ?? []).filter((text) => text.trim() !== '').concat(root?.attributes.action ?? '');
}

describe('presigned URLs in TwiML', () => {
  const play = async (type: string, body: string) => {
    const send = playPresigned(
      async () => ({ status: 200, headers: { 'content-type': type }, body: Buffer.from(body) }),
      {
        keyOf: (url) => /^http:\/\/own\/(.*)$/.exec(url)?.[1],
        presign: async (key) => `http://s3/${key}?a=1&b=2`,
      },
    );
    const limits = { connectMs: 1, readMs: 1, totalMs: 1 };
    return send({ method: 'GET', url: 'http://own/voice', headers: {}, limits });
  };

  it('replace those of the deployment, wherever they are played, and nothing else', async () => {
    const twiml =
      '<Response><Play>http://own/a</Play><Gather><Play loop="2"> http://own/b </Play><Say>http://own/c</Say></Gather><Play>https://elsewhere/d</Play></Response>';
    const { body, headers } = await play('text/xml; charset=utf-8', twiml);
    expect(String(body)).toBe(
      `<Response>
  <Play>http://s3/a?a=1&amp;b=2</Play>
  <Gather>
    <Play loop="2">http://s3/b?a=1&amp;b=2</Play>
    <Say>http://own/c</Say>
  </Gather>
  <Play>https://elsewhere/d</Play>
</Response>`,
    );
    expect(headers['content-length']).toBe(String(body.length));
  });

  test.each([
    ['an error of S3', 'application/xml', '<Error><Play>http://own/a</Play></Error>'],
    ['what is no XML', 'text/xml', '<Response><Play>http://own/a</Play>'],
    ['audio', 'audio/mpeg', '<Response><Play>http://own/a</Play></Response>'],
  ])('leave %s as it is', async (_, type, body) => {
    expect(String((await play(type, body)).body)).toBe(body);
  });
});

import { beforeAll, describe, expect, it } from '@jest/globals';
import { build } from 'esbuild';
import fc from 'fast-check';
import VoiceResponse from 'twilio/lib/twiml/VoiceResponse';
import * as v from 'valibot';
import { twimlWriter } from '../../scripts/twiml-writer';

/** Twilio's class above our writer, as the build puts them together. */
let OurVoiceResponse: typeof VoiceResponse;
const Bundle = v.object({
  OurVoiceResponse: v.custom<typeof VoiceResponse>((value) => typeof value === 'function'),
});

beforeAll(async () => {
  const { outputFiles } = await build({
    stdin: {
      contents: "export { default as OurVoiceResponse } from 'twilio/lib/twiml/VoiceResponse';",
      resolveDir: __dirname,
    },
    bundle: true,
    minify: true,
    format: 'cjs',
    write: false,
    plugins: [twimlWriter],
  });
  const module = { exports: {} };
  new Function('module', outputFiles[0]?.text ?? '')(module);
  ({ OurVoiceResponse } = v.parse(Bundle, module.exports));
});

/** One call of a verb's method, and what is called of the element that it gives. */
interface Call {
  readonly method: number;
  readonly attributes: Readonly<Record<string, unknown>>;
  readonly text: string | undefined;
  readonly nested: readonly Call[];
}

/** The methods of an element's own class, and those of all TwiML that take a text or a verb. */
function methodsOf(element: object): string[] {
  const own = Object.getOwnPropertyNames(Object.getPrototypeOf(element));
  return [...own.filter((name) => name !== 'constructor'), 'addText'].sort();
}

function call(element: object, { method, attributes, text, nested }: Call): void {
  const methods = methodsOf(element);
  const name = methods[method % methods.length] ?? '';
  const takesText = /^(?:comment|addText)/.test(name);
  const child: unknown = takesText
    ? Reflect.get(element, name).call(element, text ?? 'text')
    : Reflect.get(element, name).call(element, attributes, text);
  if (takesText || typeof child !== 'object' || child === null) return;
  for (const it of nested) call(child, it);
}

/** The document of some calls; undefined if one of them throws. */
function write(Response: typeof VoiceResponse, calls: readonly Call[]): string | undefined {
  const response = new Response();
  try {
    for (const it of calls) call(response, it);
  } catch {
    return undefined;
  }
  return response.toString();
}

const HOSTILE = [
  '&amp;',
  '<',
  '>',
  '"',
  "'",
  ']]>',
  '\r\n',
  '\t',
  '-',
  '--',
  '<!--',
  '\u2028',
  '😀',
  'é',
];
const legal = fc
  .array(fc.oneof(fc.constantFrom(...HOSTILE), fc.string({ maxLength: 3 })), { maxLength: 5 })
  .map((pieces) => pieces.join(''));
/** Control characters, halves of surrogate pairs and what is no character. */
const illegal = fc
  .tuple(
    legal,
    fc.constantFrom('\0', '\x0B', '\x1F', '\uD800', '\uDFFF', '\uFFFE', '\uFFFF', '\x7F'),
  )
  .map(([text, character]) => text + character);
const text = fc.oneof({ weight: 20, arbitrary: legal }, { weight: 1, arbitrary: illegal });
const value = fc.oneof(
  text,
  illegal,
  fc.integer(),
  fc.boolean(),
  fc.constantFrom(undefined, null, 0, ''),
  fc.array(legal, { maxLength: 3 }),
);
const attributes = fc.dictionary(
  fc.constantFrom('action', 'language', 'xml:lang', 'interpret-as', 'numDigits', 'x_1.a'),
  value,
  { maxKeys: 4, noNullPrototype: true },
);
const { calls } = fc.letrec<{ calls: Call[] }>((tie) => ({
  calls: fc.array(
    fc.record({
      method: fc.nat(),
      attributes,
      text: fc.option(text, { nil: undefined }),
      nested: fc.oneof({ depthSize: 'small' }, fc.constant([]), tie('calls')),
    }),
    { maxLength: 4 },
  ),
}));

describe('TwiML by our own writer', () => {
  it('has the bytes that xmlbuilder writes, and fails where xmlbuilder fails', () => {
    fc.assert(
      fc.property(calls, (made) => {
        expect(write(OurVoiceResponse, made)).toBe(write(VoiceResponse, made));
      }),
      { numRuns: 1000 },
    );
  });

  it.each(methodsOf(new VoiceResponse()))('is the same after %s() and each verb in it', (name) => {
    const first = methodsOf(new VoiceResponse()).indexOf(name);
    const nested = Array.from({ length: 40 }, (_, method) => ({
      method,
      attributes: { language: 'en-GB' },
      text: 'Tom & "Jerry"',
      nested: [],
    }));
    const made = [{ method: first, attributes: { timeout: 5 }, text: 'a < b', nested }];
    const written = write(OurVoiceResponse, made);
    expect(written).toMatch(/^<\?xml .*>$/);
    expect(written).toBe(write(VoiceResponse, made));
  });

  it('is the whole document, whichever verb is asked', () => {
    const response = new OurVoiceResponse();
    const gather = response.gather({ numDigits: 1 });
    gather.play('https://example.com/menu.mp3');
    expect(gather.toString()).toBe(
      '<?xml version="1.0" encoding="UTF-8"?><Response><Gather numDigits="1"><Play>https://example.com/menu.mp3</Play></Gather></Response>',
    );
  });

  it('refuses a name that is not one of TwiML', () => {
    const response = new OurVoiceResponse();
    expect(() => response.addChild('a b', {})).toThrow('"a b" cannot be a name in TwiML');
    expect(() => response.addChild('#text', {})).toThrow('cannot be a name');
  });
});

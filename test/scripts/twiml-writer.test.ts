import { readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import { build } from 'esbuild';
import { asEsModule, missingMethods, twimlWriter } from '../../scripts/twiml-writer';

const sourceOf = (name: string) =>
  readFileSync(require.resolve(`twilio/lib/twiml/${name}`), 'utf8');

/** What a Function would load: the sources in its bundle. */
async function inputsOf(contents: string): Promise<string[]> {
  const { metafile } = await build({
    stdin: { contents, resolveDir: __dirname },
    bundle: true,
    platform: 'node',
    format: 'cjs',
    write: false,
    metafile: true,
    plugins: [twimlWriter],
  });
  return Object.keys(metafile.inputs);
}

describe('a Function in the build', () => {
  it('has our writer under a VoiceResponse that it imports, and no xmlbuilder', async () => {
    const inputs = await inputsOf("import 'twilio/lib/twiml/VoiceResponse';");
    expect(inputs).toContainEqual(expect.stringContaining('src/call-flow/xml-writer.ts'));
    expect(inputs).not.toContainEqual(expect.stringContaining('xmlbuilder'));
  });

  it("has Twilio's own class where it calls require, which gives an ES module otherwise", async () => {
    const inputs = await inputsOf("require('twilio/lib/twiml/VoiceResponse');");
    expect(inputs).toContainEqual(expect.stringContaining('xmlbuilder'));
  });

  it.each(['TwiML', 'VoiceResponse'])('has %s as an ES module', (name) => {
    const source = asEsModule(sourceOf(name));
    expect(source).toMatch(/^import \* as /m);
    expect(source).toContain(`export default ${name};`);
    expect(source).not.toMatch(/require\(|exports/);
  });
});

describe("the build's check of Twilio's TwiML classes", () => {
  it.each(['TwiML', 'VoiceResponse'])(
    'finds all that %s calls of xmlbuilder in our writer',
    (name) => {
      const source = sourceOf(name);
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

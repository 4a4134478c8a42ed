import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Plugin } from 'esbuild';
import { PROJECT_DIRECTORY } from '../cli/project';
import xmlWriter, { XmlElement } from '../src/call-flow/xml-writer';

const FILE = 'src/call-flow/xml-writer.ts';
const TWIML_CLASS = /[/\\]twilio[/\\]lib[/\\]twiml[/\\]\w+\.js$/;

/**
 * Puts our own writer under Twilio's VoiceResponse, in place of xmlbuilder. The build fails if
 * VoiceResponse calls anything that the writer does not have.
 */
export const twimlWriter: Plugin = {
  name: 'twiml-writer',
  setup({ onResolve, onLoad }) {
    onResolve({ filter: /^xmlbuilder$/ }, ({ importer }) =>
      TWIML_CLASS.test(importer) ? { path: join(PROJECT_DIRECTORY, FILE) } : undefined,
    );
    onLoad({ filter: TWIML_CLASS }, ({ path }) => {
      const missing = missingMethods(readFileSync(path, 'utf8'));
      if (missing.length === 0) return undefined;
      const text = `Twilio's TwiML classes call ${missing.join(' and ')} of xmlbuilder, which ${FILE} does not have. Add it there, and to its test.`;
      return { errors: [{ text }] };
    });
  },
};

const METHODS: ReadonlySet<string> = new Set([
  ...Object.keys(xmlWriter),
  ...Object.getOwnPropertyNames(XmlElement.prototype),
]);

/**
 * Methods that a source of Twilio's calls of xmlbuilder's objects, and that our writer lacks: what it
 * calls of a property of its own, as in `this.response.ele(…)`, or in a chain.
 */
export function missingMethods(source: string): string[] {
  const calls = source.matchAll(/(?:this\.\w+|_getXml\(\)|xmlbuilder_1\.default|\n)\s*\.(\w+)\(/g);
  return [...new Set([...calls].map(([, method = '']) => method))].filter(
    (method) => !METHODS.has(method),
  );
}

import { readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import type { Plugin } from 'esbuild';
import { PROJECT_DIRECTORY } from '../cli/project';
import xmlWriter, { XmlElement } from '../src/call-flow/xml-writer';

const WRITER = 'src/call-flow/xml-writer.ts';
/** Twilio's classes as this plugin loads them. What `require` loads is as Twilio has it. */
const NAMESPACE = 'twiml';

/**
 * Puts our own writer under Twilio's VoiceResponse, in place of xmlbuilder, where a Function imports that
 * class. The build fails if Twilio's classes call anything that the writer does not have.
 */
export const twimlWriter: Plugin = {
  name: 'twiml-writer',
  setup({ onResolve, onLoad }) {
    onResolve({ filter: /^twilio\/lib\/twiml\/VoiceResponse$/ }, ({ path, kind }) =>
      kind === 'import-statement' ? twilioClass(path) : undefined,
    );
    onResolve({ filter: /./, namespace: NAMESPACE }, ({ path }) =>
      path === 'xmlbuilder' ? { path: join(PROJECT_DIRECTORY, WRITER) } : twilioClass(path),
    );
    onLoad({ filter: /./, namespace: NAMESPACE }, ({ path }) => {
      const source = readFileSync(path, 'utf8');
      const missing = missingMethods(source);
      if (missing.length === 0) return { contents: asEsModule(source) };
      const text = `Twilio's TwiML classes call ${missing.join(' and ')} of xmlbuilder, which ${WRITER} does not have. Add it there, and to its test.`;
      return { errors: [{ text }] };
    });
  },
};

function twilioClass(path: string) {
  return { path: require.resolve(`twilio/lib/twiml/${basename(path)}`), namespace: NAMESPACE };
}

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

/**
 * A class of Twilio's as an ES module. esbuild wraps a CommonJS module in a function, which V8 parses
 * twice, and copies its 58 verbs: 2 of 17 ms of a call's first answer.
 */
export function asEsModule(source: string): string {
  return source
    .replace(/^Object\.defineProperty\(exports, "__esModule".*$/m, '')
    .replace(/^const (\w+) = __importDefault\(require\((".+")\)\);$/m, 'import * as $1 from $2;')
    .replace(/^(?:module\.exports|exports\.default) = (\w+);$/m, 'export default $1;');
}

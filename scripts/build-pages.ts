import { cpSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { build } from 'esbuild';
import { PROJECT_DIRECTORY } from '../cli/project';

/** A page: a folder with its index.html and main.tsx. */
interface Page {
  /** From the project's folder. */
  readonly source: string;
  /** Folder of its index.html in the build. */
  readonly out: string;
  /** Folder of its script and style in the build. */
  readonly files: string;
  /** What the addresses of those begin with. */
  readonly address: string;
}

const OUT = join(PROJECT_DIRECTORY, '.twilioserverless');

/** Ships as Assets, beside those of assets/. */
const CONSOLE: Page = {
  source: 'console',
  out: join(OUT, 'assets'),
  files: join(OUT, 'assets', 'console'),
  address: '/console',
};

/** The sandbox serves it; it is never deployed. */
const PHONE_PAGE: Page = {
  source: 'sandbox/phone-page/browser',
  out: join(OUT, 'phone-page'),
  files: join(OUT, 'phone-page'),
  address: '/phone',
};

/**
 * Bundles the pages, and copies assets/ beside the console: the toolkit ships one folder.
 */
export async function buildPages(): Promise<void> {
  for (const { out } of [CONSOLE, PHONE_PAGE]) rmSync(out, { recursive: true, force: true });
  cpSync(join(PROJECT_DIRECTORY, 'assets'), CONSOLE.out, { recursive: true });
  await Promise.all([buildPage(CONSOLE), buildPage(PHONE_PAGE)]);
}

async function buildPage({ source, out, files, address }: Page): Promise<void> {
  const { metafile } = await build({
    absWorkingDir: PROJECT_DIRECTORY,
    entryPoints: [join(source, 'main.tsx')],
    outdir: files,
    // The name changes with the content: no browser shows an old page with a new one's data.
    entryNames: '[name]-[hash]',
    bundle: true,
    minify: true,
    format: 'esm',
    target: ['chrome123', 'firefox120', 'safari17.5'],
    jsx: 'automatic',
    jsxImportSource: 'preact',
    charset: 'utf8',
    legalComments: 'none',
    metafile: true,
    logLevel: 'warning',
  });
  const addressOf = (ending: string) => {
    const file = Object.keys(metafile.outputs).find((name) => name.endsWith(ending));
    if (file === undefined) throw new Error(`${source} has no ${ending} file`);
    return `${address}/${basename(file)}`;
  };
  const html = readFileSync(join(PROJECT_DIRECTORY, source, 'index.html'), 'utf8')
    .replace('{{script}}', addressOf('.js'))
    .replace('{{style}}', addressOf('.css'));
  mkdirSync(out, { recursive: true });
  writeFileSync(join(out, 'index.html'), html);
}

import { cpSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { basename, dirname, join, relative } from 'node:path';
import { build, type Metafile, type OutputFile } from 'esbuild';
import { PROJECT_DIRECTORY } from '../cli/project';
import { ConfigError } from '../src/errors';

/** A page: a folder with its index.html and main.tsx. */
interface Page {
  /** From the project's folder. */
  readonly source: string;
  /** Where its index.html lies in the build. */
  readonly html: readonly string[];
  /** Folder of its script and style in the build. */
  readonly files: string;
  /** What the addresses of those begin with. */
  readonly address: string;
}

const ASSETS = 'assets';

/**
 * Ships as Assets, beside those of assets/. Twilio serves /assets/index.html at /, too:
 * https://github.com/twilio-labs/serverless-toolkit/issues/371
 */
const CONSOLE: Page = {
  source: 'console',
  html: [`${ASSETS}/index.html`, `${ASSETS}/assets/index.html`],
  files: `${ASSETS}/console`,
  address: '/console',
};

/** The sandbox serves it; it is never deployed. */
const PHONE_PAGE: Page = {
  source: 'sandbox/phone-page/browser',
  html: ['phone-page/index.html'],
  files: 'phone-page',
  address: '/phone',
};

/**
 * Bundles the pages, and copies assets/ beside the console: the toolkit ships one folder.
 *
 * @param out folder of the build
 * @throws {ConfigError} when assets/ has a file at an address of the console
 */
export async function buildPages(out: string): Promise<void> {
  const [files, phoneFiles] = await Promise.all([bundlePage(CONSOLE), bundlePage(PHONE_PAGE)]);
  const assets = join(PROJECT_DIRECTORY, 'assets');
  for (const { path } of files) {
    const name = relative(ASSETS, path);
    if (!existsSync(join(assets, name))) continue;
    throw new ConfigError(
      `assets/${name} and the console would both be at /${name}. Give that file another name.`,
    );
  }
  cpSync(assets, join(out, ASSETS), { recursive: true, dereference: true });
  for (const { path, contents } of [...files, ...phoneFiles]) {
    mkdirSync(join(out, dirname(path)), { recursive: true });
    writeFileSync(join(out, path), contents);
  }
}

/** What of src reads variables, or knows keys and tokens; and what needs Node does not bundle at all. */
const SERVER_ONLY = /^src\/(config|credentials|proxy|runtime|s3|sigv4|twilio|variables)\b/;

/**
 * Checks what a page holds, also by way of others: everybody can read it.
 *
 * @throws {Error} naming the source
 */
function checkSources(page: string, { outputs }: Metafile): void {
  for (const { inputs } of Object.values(outputs)) {
    const found = Object.entries(inputs).find(
      ([source, { bytesInOutput }]) => bytesInOutput > 0 && SERVER_ONLY.test(source),
    );
    if (found) throw new Error(`${page} would hold ${found[0]}, which is for Functions only.`);
  }
}

/** A page's files, by their paths in the build. */
async function bundlePage(page: Page): Promise<Pick<OutputFile, 'path' | 'contents'>[]> {
  const { source, html, files, address } = page;
  const { outputFiles, metafile } = await build({
    absWorkingDir: PROJECT_DIRECTORY,
    entryPoints: [join(source, 'main.tsx')],
    outdir: files,
    bundle: true,
    minify: true,
    format: 'esm',
    // Chrome 123, Firefox 120 and Safari 17.5, the first with the style sheet's light-dark(), know all of it. By
    // their names esbuild would keep patterns of valibot that nothing uses: 200 bytes.
    target: 'es2022',
    jsx: 'automatic',
    jsxImportSource: 'preact',
    charset: 'utf8',
    legalComments: 'none',
    metafile: true,
    write: false,
    logLevel: 'warning',
  });
  checkSources(source, metafile);
  const addressOf = (name: string) => {
    const file = outputFiles.find(({ path }) => basename(path) === name);
    if (file === undefined) throw new Error(`${source} has no ${name}`);
    // In the query: a file's name stays, so that the Service does not gather an Asset for each version.
    return `${address}/${name}?${encodeURIComponent(file.hash)}`;
  };
  const text = readFileSync(join(PROJECT_DIRECTORY, source, 'index.html'), 'utf8')
    .replace('{{script}}', addressOf('main.js'))
    .replace('{{style}}', addressOf('main.css'));
  return [
    ...html.map((path) => ({ path, contents: Buffer.from(text) })),
    ...outputFiles.map(({ path, contents }) => ({ path: join(files, basename(path)), contents })),
  ];
}

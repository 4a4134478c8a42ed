import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { build } from 'esbuild';

export interface BundledFunction {
  /** URL path. */
  readonly path: string;
  readonly access: 'public' | 'protected';
  readonly content: string;
}

const SOURCES = join(__dirname, 'functions');

/** The Functions of the temporary Service, each in one file, as `npm run build` makes ours. */
export async function bundleFunctions(): Promise<BundledFunction[]> {
  const files = readdirSync(SOURCES).filter((file) => file !== 'answer.ts');
  return Promise.all(
    files.map(async (file) => {
      const { outputFiles } = await build({
        entryPoints: [join(SOURCES, file)],
        bundle: true,
        minify: true,
        platform: 'node',
        target: 'node20',
        format: 'cjs',
        write: false,
      });
      const [name = '', access] = file.replace(/\.ts$/, '').split('.');
      return {
        path: `/${name}`,
        access: access === 'protected' ? 'protected' : 'public',
        content: outputFiles[0]?.text ?? '',
      };
    }),
  );
}

import type { BuildOptions } from 'esbuild';

/** How a Function is bundled. Twilio runs them on Node 22, the sandbox on Node 20 as well. */
export const AS_FUNCTION = {
  bundle: true,
  minify: true,
  platform: 'node',
  target: 'node20',
  format: 'cjs',
  logLevel: 'warning',
} as const satisfies BuildOptions;

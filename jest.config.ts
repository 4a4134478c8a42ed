import type { Config } from 'jest';

// Packages that are published as ES modules only; Jest's CommonJS runtime needs them transformed.
const esModules = [
  'lru-cache',
  'file-type',
  'strtok3',
  'token-types',
  'uint8array-extras',
  '@tokenizer',
  '@borewit',
  'music-metadata',
  'valibot',
  'fast-xml-parser',
];

const config: Config = {
  testEnvironment: 'node',
  roots: ['<rootDir>/test'],
  testMatch: ['**/*.test.ts'],
  transform: {
    '\\.(ts|js)$': [
      '@swc/jest',
      { jsc: { target: 'es2022', parser: { syntax: 'typescript' } }, module: { type: 'commonjs' } },
    ],
  },
  transformIgnorePatterns: [
    `/node_modules/(?!(${esModules.join('|')})/)`,
    '/\\.twilioserverless/',
    '/\\.sandbox/',
  ],
  testTimeout: 30_000,
};

export default config;

// The AWS SDK would begin every suite with a warning about next year's Node.
process.env.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED = 'true';

// Published as ES modules only; Jest's CommonJS runtime needs them transformed.
const esModules = [
  '@actions',
  '@audio',
  '@borewit',
  '@tokenizer',
  'ansi-regex',
  'ansi-styles',
  'diff',
  'file-type',
  'get-east-asian-width',
  'music-metadata',
  'parse-ms',
  'pretty-ms',
  'string-width',
  'strip-ansi',
  'strtok3',
  'token-types',
  'uint8array-extras',
  'valibot',
  'wrap-ansi',
];

const swc = {
  jsc: { target: 'es2022', parser: { syntax: 'typescript' } },
  module: { type: 'commonjs' },
};

/** @type {import('jest').Config} */
module.exports = {
  testEnvironment: 'node',
  roots: ['<rootDir>/test'],
  testMatch: ['**/*.test.ts'],
  transform: { '\\.(ts|js)$': ['@swc/jest', swc] },
  // GitHub's parser is there for `import` alone, not for `require`.
  moduleNameMapper: {
    '^@actions/([^/]+)$': '<rootDir>/node_modules/@actions/$1/dist/index.js',
    '^@actions/([^/]+)/(.+)$': '<rootDir>/node_modules/@actions/$1/dist/$2.js',
  },
  transformIgnorePatterns: [
    `/node_modules/(?!(${esModules.join('|')})/)`,
    '/\\.twilioserverless/',
    '/\\.sandbox/',
  ],
  testSequencer: '<rootDir>/test/helpers/sequencer.js',
  testTimeout: 30_000,
  // Most suites wait for child processes, so that no core need be kept free.
  maxWorkers: '100%',
  // Counts in our own sources alone: V8's counters slow all code down, by 40 % of a suite's CPU time.
  coverageProvider: 'babel',
  collectCoverageFrom: ['{src,phone,explain}/**/*.ts'],
  coverageDirectory: 'reports/coverage',
  coverageReporters: ['text-summary'],
  coverageThreshold: { global: { branches: 90, functions: 90, lines: 90, statements: 90 } },
};

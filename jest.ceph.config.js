const config = require('./jest.config');

/**
 * The suites that talk to an S3 server, run against a Ceph gateway instead of the embedded one, and
 * those that only Ceph can answer. scripts/ceph.sh says what has to be installed.
 *
 * @type {import('jest').Config}
 */
module.exports = {
  ...config,
  roots: ['<rootDir>/test/ceph', '<rootDir>/test/s3', '<rootDir>/test/proxy'],
  testMatch: ['**/*.test.ts', '**/*.ceph.ts'],
  globalSetup: '<rootDir>/test/helpers/ceph/setup.ts',
  globalTeardown: '<rootDir>/test/helpers/ceph/teardown.ts',
};

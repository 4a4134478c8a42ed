// Lets Node run TypeScript: every npm script that starts Node loads this first.

try {
  require('tsx/cjs');
} catch (thrown) {
  if (thrown.code !== 'MODULE_NOT_FOUND') throw thrown;
  console.error('Run npm ci first.');
  process.exit(2);
}

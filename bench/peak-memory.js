// Loaded before a program by `node --require`: tells its peak memory as its last line of errors.
process.on('exit', () => {
  require('node:fs').writeSync(2, `\npeak ${process.resourceUsage().maxRSS} kB\n`);
});

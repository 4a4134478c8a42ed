import { interruption } from '../src/interruption';
import { run } from './deploy/command';

// The SDK would begin every run with a warning about next year's Node.
process.env.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED = 'true';

const { stdout, stderr } = process;

run(process.argv.slice(2), {
  write: (text) => stdout.write(text),
  writeError: (text) => stderr.write(text),
  terminal: stdout.isTTY && process.env.TERM !== 'dumb' ? stdout : undefined,
  interrupted: interruption(),
}).then((exitCode) => {
  // What was in work when it was interrupted would keep the process up.
  stdout.write('', () => process.exit(exitCode));
});

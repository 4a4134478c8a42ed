import { createColors } from 'picocolors';
import { sendRequest } from '../phone';
import { run } from './call/command';

run(process.argv.slice(2), {
  colors: createColors().isColorSupported,
  send: sendRequest,
  write: (text) => process.stdout.write(text),
  writeError: (text) => process.stderr.write(text),
}).then((exitCode) => {
  process.exitCode = exitCode;
});

import { asking } from './agrees';
import { run } from './number/command';

const { stdin, stdout, stderr } = process;

run(process.argv.slice(2), {
  write: (text) => stdout.write(text),
  writeError: (text) => stderr.write(text),
  agrees: stdin.isTTY ? asking(stdin, stdout) : undefined,
}).then((exitCode) => {
  process.exitCode = exitCode;
});

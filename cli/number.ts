import { createInterface } from 'node:readline/promises';
import { run } from './number/command';

const { stdin, stdout, stderr } = process;

async function agrees(question: string): Promise<boolean> {
  const terminal = createInterface({ input: stdin, output: stdout });
  try {
    return /^y(es)?$/i.test((await terminal.question(`${question} [y/N] `)).trim());
  } finally {
    terminal.close();
  }
}

run(process.argv.slice(2), {
  write: (text) => stdout.write(text),
  writeError: (text) => stderr.write(text),
  agrees: stdin.isTTY ? agrees : undefined,
}).then((exitCode) => {
  process.exitCode = exitCode;
});

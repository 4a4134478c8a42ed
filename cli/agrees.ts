import { createInterface } from 'node:readline';

/**
 * Makes what asks a person at a terminal: only y or yes agrees. Who leaves the question by Ctrl-C or
 * Ctrl-D does not.
 */
export function asking(
  input: NodeJS.ReadableStream,
  output: NodeJS.WritableStream,
): (question: string) => Promise<boolean> {
  return (question) =>
    new Promise((resolve) => {
      const terminal = createInterface({ input, output, terminal: true });
      let answer: string | undefined;
      terminal.once('close', () => {
        if (answer === undefined) output.write('\n');
        resolve(/^y(es)?$/i.test(answer?.trim() ?? ''));
      });
      terminal.question(`${question} [y/N] `, (given) => {
        answer = given;
        terminal.close();
      });
    });
}

import { Help } from 'commander';

/**
 * Breaks lines that are too long; they go on below the text of a line such as `  3    a guard …`.
 * `wrap-ansi`, which knows every script, would take a quarter of the time to a help.
 */
export function wrapLines(text: string, columns: number): string {
  const help = new Help();
  // Below a long indent there is less than the 40 columns from which it wraps by itself.
  help.minWidthToWrap = 0;
  const wrap = (line: string) => {
    const [indent = ''] = /^ *(\S+ {2,})?/.exec(line) ?? [];
    const wrapped = help.boxWrap(line.slice(indent.length), columns - indent.length);
    return indent + wrapped.replaceAll('\n', `\n${' '.repeat(indent.length)}`);
  };
  return text
    .split('\n')
    .map((line) => (line.length > columns ? wrap(line) : line))
    .join('\n');
}

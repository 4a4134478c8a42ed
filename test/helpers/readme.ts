import { readFileSync } from 'node:fs';

/** What stands under a heading of the README, such as `## Deploy`, up to the next of its level. */
export function readmeSection(heading: string): string {
  const [, section] = `\n${readFileSync('README.md', 'utf8')}`.split(`\n${heading}\n`);
  if (section === undefined) throw new Error(`README.md has no heading ${heading}`);
  const [text = ''] = section.split(`\n${heading.split(' ', 1)} `);
  return text;
}

/** The commands of each block of shell commands. */
export function shellBlocks(markdown: string): string[] {
  return [...markdown.matchAll(/^```sh\n(.*?)^```$/gms)].map(([, block = '']) => block);
}

/** What a reader writes for the placeholders of the README. */
export interface ReaderValues {
  /** E.164. */
  readonly phone: string;
  readonly domain: string;
}

/**
 * Fills in the placeholders as a reader does.
 *
 * @throws {Error} for a placeholder that stands for something else
 */
export function fillPlaceholders(commands: string, { phone, domain }: ReaderValues): string {
  const filled = commands
    .replace(/\+\d*…/g, phone)
    .replace(/<[^<>\n]*\bdomain\b[^<>\n]*>/g, domain);
  const [unknown] = /<[^<>\n]+>|\S*…\S*/.exec(filled) ?? [];
  if (unknown === undefined) return filled;
  throw new Error(
    `README.md has a placeholder that is neither a number (+81…) nor a domain (<your domain>): ${unknown}`,
  );
}

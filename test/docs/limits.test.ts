import { describe, expect, it } from '@jest/globals';
import prettyMilliseconds from 'pretty-ms';
import * as limits from '../../src/limits';
import { formatBytes } from '../../src/words';
import { readPage, rows, tables } from '../helpers/docs/markdown';

const values = new Map(Object.entries(limits));
const page = readPage('docs/limits.md');

/** A number as the page shows it; the constant's name has its unit. */
function shown(name: string): string {
  const value = values.get(name);
  if (typeof value !== 'number') throw new Error(`src/limits.ts has no number ${name}`);
  const digits = value.toLocaleString('en-US');
  if (/_BYTES$/.test(name)) return value < 10_000 ? `${digits} bytes` : formatBytes(value);
  if (/_MB$/.test(name)) return `${digits} MB`;
  if (/_CHARACTERS$/.test(name)) return `${digits} characters`;
  if (/_MS$/.test(name)) return prettyMilliseconds(value, { verbose: true });
  if (/_SECONDS(_|$)/.test(name)) return prettyMilliseconds(value * 1000, { verbose: true });
  return digits;
}

const source = readPage('src/limits.ts');

describe('docs/limits.md', () => {
  const limitsShown = tables(page)
    .flatMap(rows)
    .map(([, limit = '', whose = '', name = '']) => ({ limit, whose, name: name.slice(1, -1) }));

  it.each(limitsShown)('says $limit of $name', ({ limit, name }) => {
    expect(limit).toBe(shown(name));
  });

  it('names each limit once', () => {
    const names = limitsShown.map(({ name }) => name);
    expect(names).toEqual([...new Set(names)]);
    expect(names.length).toBeGreaterThan(40);
  });

  it('has the sources of src/limits.ts for what is not ours', () => {
    const addresses = limitsShown.flatMap(({ whose }) => /\((.*)\)/.exec(whose)?.[1] ?? []);
    expect(addresses.filter((address) => !source.includes(address))).toEqual([]);
  });
});

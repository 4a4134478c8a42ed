import { createColors } from 'picocolors';
import { formatBytes, plainTable } from '../cli/format';
import { wrapLines } from '../cli/wrap-lines';
import type { Machine } from './machine';
import type { MissingPeer, Peer } from './peers';
import type { Cell, Figure, Row, Section, Table } from './table';

/** What is printed above the tables. */
export interface Heading {
  readonly machine: Machine;
  readonly quick: boolean;
  /** The checkout of the rows called `before`, as a commit. */
  readonly before: string | undefined;
}

/** How the figures are read, whatever the table. */
const READING =
  'Figures are medians over the rounds. A ratio such as 1.39 (1.35–1.44) is beside the contender that has none: taken within each round, its median and its quartiles. The last row of a section is one contender measured twice: what is not clearly outside of its quartiles is noise.';

const QUICK = 'This was a quick run, which only shows that the tables work.';

/** A table for a terminal. */
export function terminalTable(
  { name, title, about }: Table,
  sections: readonly Section[],
  { width, colors }: { readonly width: number; readonly colors: boolean },
): string {
  const { bold, dim, red } = createColors(colors);
  const parts = [`${bold(title)} ${dim(`(${name})`)}`, wrapLines(about, width)];
  for (const section of sections) {
    const table = plainTable(['', ...headOf(section)], alignments(section));
    for (const row of section.rows) {
      const cells = cellsOf(row, section);
      const style = row.isNoise ? dim : (text: string) => text;
      if (row.problem === undefined) table.push([row.name, ...cells].map(style));
      else
        table.push([
          row.name,
          { content: red(row.problem), colSpan: cells.length, hAlign: 'left' },
        ]);
    }
    const notes = notesOf(section).map((note) => wrapLines(note, width));
    parts.push(
      [section.title && bold(section.title), String(table), ...notes.map(dim)]
        .filter(Boolean)
        .join('\n'),
    );
  }
  return `${parts.join('\n\n')}\n\n`;
}

/** What stands above the tables at a terminal. */
export function terminalHeading(heading: Heading, width: number): string {
  return `${[...headingLines(heading), '', READING].map((line) => wrapLines(line, width)).join('\n')}\n\n`;
}

/** What stands below them: who was compared. */
export function terminalPeers(peers: readonly (Peer | MissingPeer)[], width: number): string {
  return peers.length === 0 ? '' : `${wrapLines(`Peers: ${peersText(peers)}`, width)}\n`;
}

/** The whole run as Markdown. */
export function markdownReport(
  heading: Heading,
  tables: readonly { readonly table: Table; readonly sections: readonly Section[] }[],
  peers: readonly (Peer | MissingPeer)[],
): string {
  const parts = [headingLines(heading).join('  \n'), READING];
  if (peers.length > 0) parts.push(`Peers: ${escaped(peersText(peers))}`);
  for (const { table, sections } of tables) {
    parts.push(`## ${table.title}`, table.about, ...sections.flatMap(markdownSection));
  }
  return `${parts.join('\n\n')}\n`;
}

function markdownSection(section: Section): string[] {
  const line = (cells: readonly string[]) => `| ${cells.map(escaped).join(' | ')} |`;
  const head = headOf(section);
  const table = [
    line(['', ...head]),
    `|---|${head.map(() => '---:|').join('')}`,
    ...section.rows.map((row) =>
      row.problem === undefined
        ? line([row.name, ...cellsOf(row, section)])
        : line([row.name, row.problem, ...head.slice(1).map(() => '')]),
    ),
  ];
  const title = section.title === '' ? [] : [`### ${section.title}`];
  return [...title, table.join('\n'), notesOf(section).join(' ')];
}

function headingLines({ machine, quick, before }: Heading): string[] {
  const { date, hardware, node, commit } = machine;
  const at = commit === undefined ? '' : `, commit ${commit}`;
  return [
    `${date}${at}, Node ${node}`,
    `Machine: ${hardware}`,
    ...(before === undefined ? [] : [`before: commit ${before}`]),
    ...(quick ? [QUICK] : []),
  ];
}

function peersText(peers: readonly (Peer | MissingPeer)[]): string {
  return `${peers
    .map((peer) => {
      if ('missing' in peer) return `${peer.label} missing (${peer.missing})`;
      return peer.bytes === undefined ? peer.label : `${peer.label} (${formatBytes(peer.bytes)})`;
    })
    .join(', ')}.`;
}

function notesOf({ rounds, notes }: Section): string[] {
  return [`${rounds} ${rounds === 1 ? 'round' : 'rounds'}.`, ...notes];
}

/** Each figure is a column, and its ratio another one. */
function headOf({ figures }: Section): string[] {
  return figures.flatMap(({ title, unit, beside }) => {
    const column = unit === '' ? title : `${title}, ${unit}`;
    return beside === false ? [column] : [column, 'ratio'];
  });
}

function alignments(section: Section): ('left' | 'right')[] {
  return ['left', ...headOf(section).map(() => 'right' as const)];
}

function cellsOf({ cells, name }: Row, section: Section): string[] {
  return section.figures.flatMap((figure, index) => {
    const cell = cells[index];
    const value = cell === undefined ? '–' : formatFigure(cell.value);
    return figure.beside === false ? [value] : [value, ratioText(cell, figure, name, section)];
  });
}

function ratioText(
  cell: Cell | undefined,
  { beside }: Figure,
  name: string,
  section: Section,
): string {
  if (cell?.ratio === undefined || name === (beside || section.beside)) return '';
  const { median, low, high } = cell.ratio;
  const spread = section.rounds > 1 ? ` (${low.toFixed(2)}–${high.toFixed(2)})` : '';
  return median.toFixed(2) + spread;
}

/** Three significant digits, and all of a whole number: 0.0123, 1.39, 14, 41,000. */
export function formatFigure(value: number): string {
  return value.toLocaleString('en-US', {
    maximumSignificantDigits: value >= 1000 || Number.isInteger(value) ? 21 : 3,
    maximumFractionDigits: 0,
    roundingPriority: value >= 1000 ? 'lessPrecision' : 'auto',
  });
}

function escaped(text: string): string {
  return text.replaceAll('|', '\\|');
}

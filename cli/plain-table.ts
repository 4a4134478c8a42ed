import Table from 'cli-table3';

const SIDES = ['top', 'bottom', 'left', 'mid', 'right', 'middle'];
const CORNERS = ['top-mid', 'top-left', 'top-right', 'bottom-mid', 'bottom-left', 'bottom-right'];
const CROSSINGS = ['left-mid', 'mid-mid', 'right-mid'];

const NO_LINES = Object.fromEntries([...SIDES, ...CORNERS, ...CROSSINGS].map((side) => [side, '']));

/**
 * A table for a terminal, without lines.
 *
 * @param alignments of the columns; left, where there are none
 */
export function plainTable(
  head: readonly string[],
  alignments: readonly Table.HorizontalAlignment[] = [],
): Table.Table {
  return new Table({
    head: [...head],
    chars: NO_LINES,
    colAligns: [...alignments],
    style: { head: [], border: [], 'padding-left': 2, 'padding-right': 0 },
  });
}

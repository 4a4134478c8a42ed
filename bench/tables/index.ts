import type { Table } from '../table';
import { bucket } from './bucket';
import { freshness } from './freshness';
import { large } from './large';
import { list } from './list';
import { memory } from './memory';
import { proxy } from './proxy';
import { signing } from './signing';
import { start } from './start';
import { sync } from './sync';

/** All tables, in the order of the report. */
export const TABLES: readonly Table[] = [
  signing,
  proxy,
  bucket,
  sync,
  list,
  memory,
  large,
  start,
  freshness,
];

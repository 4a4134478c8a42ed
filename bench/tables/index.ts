import type { Table } from '../table';
import { bucket } from './bucket';
import { calls } from './calls';
import { cold } from './cold';
import { freshness } from './freshness';
import { large } from './large';
import { list } from './list';
import { memory } from './memory';
import { proxy } from './proxy';
import { quota } from './quota';
import { signing } from './signing';
import { start } from './start';
import { sync } from './sync';
import { twiml } from './twiml';

/** All tables, in the order of the report. */
export const TABLES: readonly Table[] = [
  signing,
  proxy,
  twiml,
  cold,
  quota,
  calls,
  bucket,
  sync,
  list,
  memory,
  large,
  start,
  freshness,
];

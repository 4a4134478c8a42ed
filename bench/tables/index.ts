import type { Table } from '../table';
import { signing } from './signing';

/** All tables, in the order of the report. */
export const TABLES: readonly Table[] = [signing];

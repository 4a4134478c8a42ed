import * as v from 'valibot';
import { defineProbe } from './answer';

const MOST = 12_000_000;
const Bytes = v.fallback(v.pipe(v.string(), v.digits(), v.toNumber(), v.maxValue(MOST)), 0);

/** As many bytes as are asked for, as audio. */
export const handler = defineProbe('size', ({ event }) => ({
  status: 200,
  headers: { 'Content-Type': 'audio/mpeg', 'Cache-Control': 'no-store' },
  body: Buffer.alloc(v.parse(Bytes, event.bytes), '.'),
}));

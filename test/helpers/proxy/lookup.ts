import type { LookupFunction } from 'node:net';

/** Every name is this machine: not every resolver knows the names under localhost. */
export const lookupLoopback: LookupFunction = (_name, options, callback) =>
  options.all
    ? callback(null, [{ address: '127.0.0.1', family: 4 }])
    : callback(null, '127.0.0.1', 4);

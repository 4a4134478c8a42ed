/**
 * The S3 server's process. It is told what to serve by one message, reports once, and lives as long
 * as the channel to its parent: however the parent ends, the channel closes.
 */
import { rmSync } from 'node:fs';
import * as v from 'valibot';
import { type Report, Start } from './protocol';
import { createS3Server } from './server';

const report = (message: Report) => process.send?.(message);

function serve(start: Start): void {
  process.once('disconnect', () => {
    rmSync(start.folder, { recursive: true, force: true });
    process.exit();
  });
  const server = createS3Server(start);
  server.once('error', (error) => report({ state: 'failed', reason: error.message }));
  server.listen(start.port, '127.0.0.1', () => {
    const address = server.address();
    if (typeof address === 'object' && address) {
      report({ state: 'listening', port: address.port });
    }
  });
}

process.once('message', (message) => serve(v.parse(Start, message)));

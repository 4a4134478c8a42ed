/**
 * A program that starts the S3 server, says where it is, and lives until it is killed. Told to be
 * `deaf`, it takes no notice of Ctrl-C, and says so as soon as the server is a process of its own: in
 * the instant before, the two cannot be told apart.
 */
import { subscribe } from 'node:diagnostics_channel';
import { startS3 } from '../../../../sandbox/s3';

if (process.argv[2] === 'deaf') {
  process.on('SIGINT', () => {});
  // Told before the process is made, which has happened by the next turn.
  subscribe('child_process', () => setImmediate(() => process.stdout.write('deaf\n')));
}

startS3({ buckets: ['prompts'] }).then(({ endpoint, pid }) => {
  process.stdout.write(`${JSON.stringify({ endpoint, pid })}\n`);
});

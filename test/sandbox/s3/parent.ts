/**
 * A program that starts the S3 server, says where it is, and lives until it is killed. Told to be
 * `deaf`, it says so first, and takes no notice of Ctrl-C.
 */
import { startS3 } from '../../../sandbox/s3';

if (process.argv[2] === 'deaf') {
  process.on('SIGINT', () => {});
  process.stdout.write('deaf\n');
}

startS3({ buckets: ['prompts'] }).then(({ endpoint, pid }) => {
  process.stdout.write(`${JSON.stringify({ endpoint, pid })}\n`);
});

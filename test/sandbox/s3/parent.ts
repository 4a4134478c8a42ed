/** A program that starts the S3 server, says where it is, and lives until it is killed. */
import { startS3 } from '../../../sandbox/s3';

startS3({ buckets: ['prompts'] }).then(({ endpoint, pid }) => {
  process.stdout.write(`${JSON.stringify({ endpoint, pid })}\n`);
});

import { startS3 } from '../../sandbox/s3';
import { answerParent } from './answer';

// The sandbox's S3 server with one bucket, whose name is the argument.

const [, , bucket = ''] = process.argv;

startS3({ buckets: [bucket] }).then(({ endpoint }) => answerParent(endpoint, () => undefined));

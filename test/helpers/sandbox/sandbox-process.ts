/** A sandbox in a process of its own. Messages stop its S3, or all of it. */
import { startSandbox } from '../../../sandbox/sandbox';

startSandbox({ port: 0 }).then(
  ({ publicOrigin, variables, s3, stop }) => {
    process.on('message', async (message) => {
      if (message === 'stop S3') await s3?.stop();
      if (message === 'stop') await stop();
      process.send?.({ done: message });
      if (message === 'stop') process.disconnect();
    });
    process.send?.({ publicOrigin, variables });
  },
  (error: Error) => {
    process.send?.({ error: error.message });
    process.disconnect();
  },
);

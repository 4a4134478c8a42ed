/** A sandbox in a process of its own. Messages change its S3, or stop it, or stop all of it. */
import { startSandbox } from '../../../sandbox/sandbox';
import type { SandboxMessage } from './start-sandbox';

startSandbox({ port: 0 }).then(
  ({ publicOrigin, variables, s3, stop }) => {
    process.on('message', async (message: SandboxMessage) => {
      if (message.type === 'stop S3') await s3?.stop();
      if (message.type === 'activate')
        s3?.secrets.set(message.accessKeyId, message.secretAccessKey);
      if (message.type === 'deactivate') s3?.secrets.delete(message.accessKeyId);
      if (message.type === 'stop') await stop();
      process.send?.({ done: message.type });
      if (message.type === 'stop') process.disconnect();
    });
    process.send?.({ publicOrigin, variables });
  },
  (error: Error) => {
    process.send?.({ error: error.message });
    process.disconnect();
  },
);

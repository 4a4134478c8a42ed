/** A sandbox in a process of its own. Messages connect its events, change its S3, or stop it, or stop all of it. */
import { type Events, startEvents } from '../../../sandbox/events';
import { startSandbox } from '../../../sandbox/sandbox';
import type { SandboxMessage } from './start-sandbox';

startSandbox({ port: 0 }).then(
  ({ publicOrigin, variables, s3, stop }) => {
    let events: Events | undefined;
    const connect = (syncUrl: string) => {
      if (!s3) throw new Error('the sandbox has no S3');
      events = startEvents({
        store: s3.store,
        bucket: variables.S3_BUCKET ?? '',
        prefix: variables.S3_PREFIX ?? '',
        syncUrl,
        adminSecret: variables.ADMIN_SECRET,
        onOutcome: ({ key }, outcome, pending) =>
          process.send?.({ outcome: { key, ...outcome, pending } }),
      });
    };
    process.on('message', async (message: SandboxMessage) => {
      if (message.type === 'connect events') connect(message.syncUrl);
      if (message.type === 'stop S3') await s3?.stop();
      if (message.type === 'activate')
        s3?.secrets.set(message.accessKeyId, message.secretAccessKey);
      if (message.type === 'deactivate') s3?.secrets.delete(message.accessKeyId);
      if (message.type === 'stop') {
        events?.stop();
        await stop();
      }
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

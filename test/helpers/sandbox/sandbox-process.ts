/** A sandbox in a process of its own. Messages connect its events, change its S3, or stop it, or stop all of it. */

import { readCallFlow } from '../../../sandbox/call-flow';
import { type Events, startEvents } from '../../../sandbox/events';
import { createHang } from '../../../sandbox/hang';
import { createPhonePage } from '../../../sandbox/phone-page/server';
import { createS3Switch } from '../../../sandbox/s3-switch';
import { startSandbox } from '../../../sandbox/sandbox';
import type { SandboxMessage } from './start-sandbox';

startSandbox({ port: 0 }).then(
  (sandbox) => {
    const { publicOrigin, variables, s3, stop } = sandbox;
    const openPhonePage = () => {
      const hang = createHang();
      const s3Switch = s3 && createS3Switch(s3, () => {});
      const page = createPhonePage({ sandbox, flow: readCallFlow(), s3: s3Switch, hang });
      sandbox.putInFront((edge) => page.front(hang.front(edge)));
    };
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
      if (message.type === 'open phone page') openPhonePage();
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

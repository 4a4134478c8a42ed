import type { RequestListener } from 'node:http';
import { type Certificates, throwawayCertificates } from '../../sandbox/rehearsal/certificates';
import { type Internet, startInternet } from '../../sandbox/rehearsal/internet';
import { routeToLoopback } from '../../sandbox/rehearsal/loopback';

const HOSTS = ['serverless.twilio.com', 'serverless-upload.twilio.com'];

/** Made once a process. */
let certificates: Promise<Certificates> | undefined;

/** Serves a stand-in of Twilio by HTTPS under Twilio's own host names, which lead to it from here. */
export async function serveTwilioHosts(listener: RequestListener): Promise<Internet> {
  certificates ??= throwawayCertificates(HOSTS, new Date());
  const listeners = Object.fromEntries(HOSTS.map((host) => [host, listener]));
  const internet = await startInternet(listeners, await certificates);
  const takeBack = routeToLoopback(internet);
  return {
    ...internet,
    async close() {
      takeBack();
      await internet.close();
    },
  };
}

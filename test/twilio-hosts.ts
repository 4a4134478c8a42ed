import type { RequestListener } from 'node:http';
import { createServer } from 'node:https';
import { type Certificates, throwawayCertificates } from '../sandbox/rehearsal/certificates';
import { byHost } from '../sandbox/rehearsal/internet';
import { type LoopbackHosts, routeToLoopback } from '../sandbox/rehearsal/loopback';

export interface TwilioHosts {
  /** For another process, which has to route them itself. */
  readonly route: LoopbackHosts;
  close(): Promise<void>;
}

const hosts = ['serverless.twilio.com', 'serverless-upload.twilio.com'];

/** Made once a process: keys take a third of a second. */
let certificates: Certificates | undefined;

/** Serves a stand-in of Twilio by HTTPS under Twilio's own host names, which lead to it from here. */
export async function serveTwilioHosts(listener: RequestListener): Promise<TwilioHosts> {
  certificates ??= throwawayCertificates(hosts, new Date());
  const { authority, certificate: cert, key } = certificates;
  const server = createServer(
    { cert, key },
    byHost(Object.fromEntries(hosts.map((host) => [host, listener]))),
  );
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('the server has no port');
  const route = { hosts, port: address.port, authority };
  const takeBack = routeToLoopback(route);
  return {
    route,
    close() {
      takeBack();
      server.closeAllConnections();
      return new Promise((resolve) => server.close(() => resolve()));
    },
  };
}

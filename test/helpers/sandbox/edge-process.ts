/**
 * An edge on a port of its own. Run by `startEdge` as a process: Twilio's runtime loads Functions
 * through the real module cache and writes globals, neither of which Jest leaves alone.
 */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { createEdge } from '../../../sandbox/edge/server';
import type { HostedBuild } from '../../../sandbox/hosted';

export type ToEdge =
  | { readonly type: 'deploy'; readonly build: HostedBuild | undefined }
  | { readonly type: 'close' };
export type FromEdge =
  | { readonly type: 'listening'; readonly port: number; readonly directory: string }
  | { readonly type: 'deployed' }
  | {
      readonly type: 'closed';
      /** Whether the process had its own `Response` while Builds were loaded. */
      readonly responseStayed: boolean;
      /** Globals of the runtime that were still there after the close. */
      readonly leftGlobals: readonly string[];
    };

const projectDirectory = join(__dirname, '../../..');
const directory = join(projectDirectory, '.sandbox', `edge-test-${process.pid}`);
const nativeResponse = globalThis.Response;
const send = (message: FromEdge) => process.send?.(message);
let liveBuild: HostedBuild | undefined;

const server = createServer();
server.listen(0, '127.0.0.1', () => {
  const { port } = server.address() as AddressInfo;
  const edge = createEdge({
    liveBuild: () => liveBuild,
    accountSid: `AC${'0'.repeat(32)}`,
    authToken: 'a token for tests',
    domainName: `localhost:${port}`,
    projectDirectory,
    directory,
    functionTimeoutMs: Number(process.argv[2]),
  });
  server.on('request', edge.listener);
  process.on('message', async (message: ToEdge) => {
    if (message.type === 'deploy') {
      liveBuild = message.build && withBuffers(message.build);
      send({ type: 'deployed' });
    } else {
      const responseStayed = globalThis.Response === nativeResponse;
      await edge.close();
      const names = ['Twilio', 'Runtime', 'Functions', 'twilioClient'];
      const leftGlobals = names.filter((name) => name in globalThis);
      send({ type: 'closed', responseStayed, leftGlobals });
      process.disconnect();
      server.close();
      server.closeAllConnections();
    }
  });
  send({ type: 'listening', port, directory });
});

/** Buffers cross the process boundary as plain byte arrays. */
function withBuffers(build: HostedBuild): HostedBuild {
  const whole = (file: HostedBuild['assets'][number]) => ({
    ...file,
    content: Buffer.from(file.content),
  });
  return { ...build, functions: build.functions.map(whole), assets: build.assets.map(whole) };
}

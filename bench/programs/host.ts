import type { RequestListener } from 'node:http';
import { LocalDevelopmentServer } from '@twilio/runtime-handler/dev';
import { listen } from '../../sandbox/listen';
import { answerParent } from './answer';
import { type Hosted, hosted } from './hosted';

// Hosts Functions and Assets in Twilio's own runtime, neither forked nor live. Argument: a Hosted.

const [, , json = ''] = process.argv;

async function start({ functions, assets, variables, projectDirectory }: Hosted): Promise<void> {
  let answer: RequestListener = (_, response) => response.writeHead(503).end();
  const { port } = await listen((request, response) => answer(request, response));
  const domain = `localhost:${port}`;
  const runtime = new LocalDevelopmentServer(port, {
    routes: {
      functions: functions.map(({ path, file }) => resource(path, file, 'public')),
      assets: assets.map(({ path, file, access }) => resource(path, file, access)),
    },
    env: { ACCOUNT_SID: `AC${'0'.repeat(32)}`, DOMAIN_NAME: domain, ...variables },
    baseDir: projectDirectory,
    url: `http://${domain}`,
    port,
    forkProcess: false,
    live: false,
    logs: false,
    detailedLogs: false,
    legacyMode: false,
    appName: 'bench',
    enableDebugLogs: false,
  });
  answer = runtime.getApp();
  // What Functions log goes to Twilio's log, not to a terminal.
  for (const level of ['info', 'warn', 'error'] as const) console[level] = () => {};
  answerParent(port, () => undefined);
}

function resource(path: string, filePath: string, access: 'public' | 'private') {
  return { path, filePath, name: path, access, content: '' };
}

start(hosted(json));

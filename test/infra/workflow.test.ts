import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { NoOperationTraceWriter, parseWorkflow } from '@actions/workflow-parser';
import { afterAll, beforeAll, describe, expect, it, test } from '@jest/globals';
import * as v from 'valibot';
import { parse } from 'yaml';
import { type Fault, type FaultServer, startFaultServer } from '../helpers/fault-server';
import { runShell } from '../helpers/infra/shell';

const content = readFileSync(join(__dirname, '../../infra/github-actions-sync.yml'), 'utf8');

/** What GitHub's own parser says against a workflow. */
const problemsOf = (text: string) =>
  parseWorkflow({ name: 'sync.yml', content: text }, new NoOperationTraceWriter())
    .context.errors.getErrors()
    .map(({ message }) => message);

test("GitHub's own parser finds nothing wrong with infra/github-actions-sync.yml", () => {
  expect(problemsOf(content)).toEqual([]);
});

it.each([
  ['a key with a typing mistake', 'runs-on:', 'run-on:'],
  ['a trigger that is none', 'schedule:', 'scheduled:'],
  ['an expression that does not end', '{{ vars.SYNC_URL }}', '{{ vars.SYNC_URL'],
  ['a context that is none', 'secrets.ADMIN_SECRET', 'secret.ADMIN_SECRET'],
  ['a permission that is none', 'permissions: {}', 'permissions:\n  content: read'],
  ['a time that is none', 'timeout-minutes: 20', 'timeout-minutes: soon'],
])('a workflow that is broken is found out: %s', (_, from, to) => {
  const broken = content.replace(from, to);
  expect(broken).not.toBe(content);
  expect(problemsOf(broken)).not.toEqual([]);
});

const workflow = v.object({
  permissions: v.unknown(),
  jobs: v.object({
    sync: v.object({
      steps: v.tuple([
        v.strictObject({
          name: v.string(),
          run: v.string(),
          env: v.record(v.string(), v.string()),
        }),
      ]),
    }),
  }),
});
const { permissions, jobs } = v.parse(workflow, parse(content));
const [step] = jobs.sync.steps;

test('it has no permissions, runs no action of others, and has the secret in a variable alone', () => {
  expect(permissions).toEqual({});
  expect(step.env.ADMIN_SECRET).toMatch(/^\$\{\{ secrets\.ADMIN_SECRET \}\}$/);
  expect(step.run).not.toContain('{{');
});

describe('its step', () => {
  const ADMIN_SECRET = 'x'.repeat(32);
  let sync: FaultServer;
  beforeAll(async () => {
    sync = await startFaultServer('http://127.0.0.1:9');
  });
  afterAll(() => sync.close());

  const answer = (status: number, headers = {}): Fault => ({
    kind: 'reply',
    status,
    headers,
    body: 'prompts/secret-product.mp3',
  });
  const run = async (...answers: Fault[]) => {
    const before = sync.requests.length;
    sync.next(...answers);
    const SYNC_URL = `${sync.endpoint}/sync`;
    // As GitHub's runners do.
    const flags = ['-e'];
    const variables = { ADMIN_SECRET, SYNC_URL };
    const { code, out, err } = await runShell(step.run, { variables, flags });
    return { code, output: out + err, requests: sync.requests.slice(before) };
  };

  it('calls again after 503 and 429, as Retry-After says, and ends well after 200', async () => {
    const { code, output, requests } = await run(
      answer(503, { 'retry-after': '1' }),
      answer(429, { 'retry-after': '1' }),
      answer(200),
    );
    expect([code, requests.length]).toEqual([0, 3]);
    expect(requests[2]).toMatchObject({
      method: 'POST',
      path: '/sync',
      headers: { authorization: `Bearer ${ADMIN_SECRET}` },
    });
    expect(output).not.toMatch(/secret-product|xxxx/);
  });

  it.each([409, 401, 400])('fails at once after %d, and prints no key', async (status) => {
    const { code, output, requests } = await run(answer(status, { 'retry-after': '-1' }));
    expect([code, requests.length]).toEqual([22, 1]);
    expect(output).toContain(String(status));
    expect(output).not.toMatch(/secret-product|xxxx/);
  });
});

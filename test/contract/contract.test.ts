import { describe, expect, it } from '@jest/globals';
import type { RecordedExchange } from '../../sandbox/rehearsal/recorder';
import { checkExchange, operations } from '../helpers/contract/contract';

const SERVICE = `ZS${'0'.repeat(32)}`;
const BUILD = {
  sid: `ZB${'0'.repeat(32)}`,
  account_sid: `AC${'0'.repeat(32)}`,
  service_sid: SERVICE,
  asset_versions: [
    {
      sid: `ZN${'0'.repeat(32)}`,
      account_sid: `AC${'0'.repeat(32)}`,
      service_sid: SERVICE,
      asset_sid: `ZH${'0'.repeat(32)}`,
      date_created: '2026-01-02T03:04:05Z',
      path: '/a.mp3',
      visibility: 'public',
    },
  ],
  function_versions: [],
  dependencies: [{ name: 'twilio', version: '6.2.0' }],
  runtime: 'node22',
  status: 'building',
  date_created: '2026-01-02T03:04:05Z',
  date_updated: '2026-01-02T03:04:05Z',
  url: `https://serverless.twilio.com/v1/Services/${SERVICE}/Builds/ZB${'0'.repeat(32)}`,
  links: { build_status: 'https://serverless.twilio.com/v1/status' },
};

const FORM = { 'content-type': 'application/x-www-form-urlencoded' };

interface Sent {
  readonly method?: string;
  readonly host?: string;
  readonly target?: string;
  readonly headers?: RecordedExchange['requestHeaders'];
  readonly form?: string;
  readonly status?: number;
  readonly type?: string;
  readonly response?: unknown;
}

/** The problems of one request and response; by default, of the creation of a Build. */
async function problems(sent: Sent): Promise<string> {
  const { problems: found } = await checkExchange({
    method: sent.method ?? 'POST',
    host: sent.host ?? 'serverless.twilio.com',
    target: sent.target ?? `/v1/Services/${SERVICE}/Builds`,
    requestHeaders: sent.headers ?? FORM,
    requestBody: Buffer.from(sent.form ?? 'Runtime=node22'),
    status: sent.status ?? 201,
    contentType: sent.type ?? 'application/json; charset=utf-8',
    responseBody: Buffer.from(JSON.stringify(sent.response ?? BUILD)),
  });
  return found.join('\n');
}

describe('the check of requests and responses', () => {
  it("accepts Twilio's own examples", () => {
    const broken = operations
      .filter(({ id }) => !id.endsWith('IncomingPhoneNumber'))
      .flatMap(({ id, responses, examples }) =>
        examples.flatMap(({ status, body }) =>
          responses.get(status)?.(body) === false ? [id] : [],
        ),
      );
    expect(broken).toEqual([]);
    expect(operations.flatMap(({ examples }) => examples).length).toBeGreaterThan(50);
  });

  it('accepts the creation of a Build', async () => {
    expect(await problems({})).toBe('');
    expect(await problems({ form: 'AssetVersions=ZN00000000000000000000000000000000' })).toBe('');
  });

  it.each<[string, Sent, RegExp]>([
    ['an unknown path', { target: '/v1/Services/x/Prompts' }, /is not described/],
    ['an unknown method', { method: 'PUT' }, /is not described/],
    ['another host', { host: 'api.twilio.com' }, /sent to api\.twilio\.com, not to serverless/],
    ['an unknown field', { form: 'Runtime=node22&Name=x' }, /form .*"Name"/],
    [
      'a flag that is not boolean',
      { target: '/v1/Services', form: 'UniqueName=x&FriendlyName=x&UiEditable=maybe' },
      /form\/UiEditable must be boolean/,
    ],
    ['a SID of another kind', { form: 'AssetVersions=ZBx' }, /form\/AssetVersions\/0 must match/],
    ['a repeated field', { form: 'Dependencies=a&Dependencies=b' }, /form\/Dependencies must be s/],
    ['an unknown parameter', { target: '/v1/Services/x/Builds?Force=1' }, /query .*"Force"/],
    ['JSON instead of a form', { headers: { 'content-type': 'application/json' } }, /form is app/],
  ])('refuses a request with %s', async (_, sent, problem) => {
    expect(await problems(sent)).toMatch(problem);
  });

  it.each<[string, Sent, RegExp]>([
    [
      'a page that is too large',
      { target: '/v1/Services?PageSize=1001' },
      /PageSize must be <= 1000/,
    ],
    ['a page size that is no number', { target: '/v1/Services?PageSize=all' }, /must be integer/],
  ])('refuses a list with %s', async (_, sent, problem) => {
    expect(await problems({ method: 'GET', form: '', status: 200, ...sent })).toMatch(problem);
  });

  it('refuses a form without a required field', async () => {
    const sent = { target: '/v1/Services', form: 'UniqueName=x' };
    expect(await problems(sent)).toMatch(/must have required property 'FriendlyName'/);
  });

  it('refuses a body where none belongs', async () => {
    const sent = { method: 'GET', target: `/v1/Services/${SERVICE}/Builds/${BUILD.sid}` };
    expect(await problems({ ...sent, status: 200 })).toMatch(/a body was sent/);
    expect(await problems({ ...sent, status: 200, form: '' })).toBe('');
  });

  it.each<[string, Sent, RegExp]>([
    ['an unknown field', { response: { ...BUILD, size: 1 } }, /response 201 .*"size"/],
    [
      'a missing field',
      { response: { ...BUILD, runtime: undefined } },
      /required property 'runtime'/,
    ],
    [
      'a wrong type',
      { response: { ...BUILD, asset_versions: {} } },
      /asset_versions must be array/,
    ],
    [
      'a date that is not a date',
      { response: { ...BUILD, date_created: 'now' } },
      /date_created must match/,
    ],
    [
      'an unknown status',
      { response: { ...BUILD, status: 'done' } },
      /status must be equal to one/,
    ],
    ['a missing link', { response: { ...BUILD, links: {} } }, /links .*'build_status'/],
    [
      'a version unlike the examples',
      { response: { ...BUILD, asset_versions: [{ ...BUILD.asset_versions[0], size: 3 }] } },
      /asset_versions\/0 .*"size"/,
    ],
    ['another type', { type: 'text/html' }, /answered as text\/html/],
    ['another status', { status: 200 }, /answered 200/],
    [
      'an error of another form',
      { status: 404, response: { error: 'no' } },
      /response 404 .*"error"/,
    ],
  ])('refuses a response with %s', async (_, sent, problem) => {
    expect(await problems(sent)).toMatch(problem);
  });

  it('accepts an error in Twilio’s form', async () => {
    const response = {
      code: 20404,
      message: 'The requested resource was not found',
      more_info: 'https://www.twilio.com/docs/errors/20404',
      status: 404,
    };
    expect(await problems({ status: 404, response })).toBe('');
  });

  it('refuses an upload whose content is no file', async () => {
    const target = `/v1/Services/x/Assets/ZH${'0'.repeat(32)}/Versions`;
    const upload = async (content: string | Blob) => {
      const form = new FormData();
      form.set('Path', '/a.mp3');
      form.set('Visibility', 'open');
      form.set('Content', content);
      const response = new Response(form);
      return checkExchange({
        method: 'POST',
        host: 'serverless-upload.twilio.com',
        target,
        requestHeaders: { 'content-type': response.headers.get('content-type') ?? '' },
        requestBody: Buffer.from(await response.arrayBuffer()),
        status: 400,
        contentType: 'application/json',
        responseBody: Buffer.from('{}'),
      });
    };
    expect((await upload('text')).problems.join()).toMatch(
      /Visibility must be equal.*Content must be object/,
    );
    expect((await upload(new Blob(['ID3'], { type: 'audio/mpeg' }))).problems.join()).not.toMatch(
      /Content/,
    );
  });
});

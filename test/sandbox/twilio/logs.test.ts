import { describe, expect, it } from '@jest/globals';
import { HANDLER, HOUR, pluck, START, sidOf, start } from '../../helpers/sandbox/twilio-harness';

const line = (message: string, path = '/voice') => ({ level: 'INFO', message, path }) as const;

async function deployed() {
  const api = await start();
  const service = await api.service();
  const environment = await api.environment(service);
  const voice = await api.function(service, { path: '/voice', content: '//' });
  const build = await api.build(service, {
    FunctionVersions: voice.version,
    Dependencies: HANDLER,
  });
  const path = `/Services/${service}/Environments/${environment}`;
  const deployment = sidOf(await api.post(`${path}/Deployments`, { BuildSid: build }));
  return { api, environment, build, deployment, voice: voice.file, logs: `${path}/Logs` };
}

describe('the logs of an environment', () => {
  it('hold what Functions wrote, with what was live at that time', async () => {
    const { api, environment, build, deployment, voice, logs } = await deployed();
    api.twilio.log(environment, line('hello'));
    const reply = await api.get(logs);
    expect(reply.body.logs).toMatchObject([
      {
        sid: expect.stringMatching(/^NO[0-9a-f]{32}$/),
        environment_sid: environment,
        build_sid: build,
        deployment_sid: deployment,
        function_sid: voice,
        request_sid: expect.stringMatching(/^RQ[0-9a-f]{32}$/),
        level: 'INFO',
        message: 'hello',
      },
    ]);
  });

  it('tell the level of each line', async () => {
    const { api, environment, logs } = await deployed();
    for (const level of ['INFO', 'WARN', 'ERROR'] as const) {
      api.twilio.log(environment, { ...line(`as ${level}`), level });
    }
    expect((await api.get(logs)).body.logs).toMatchObject([
      { level: 'ERROR', message: 'as ERROR' },
      { level: 'WARN', message: 'as WARN' },
      { level: 'INFO', message: 'as INFO' },
    ]);
  });

  it('are those of the last day, unless the request names other times', async () => {
    const { api, environment, logs } = await deployed();
    api.twilio.log(environment, line('old'));
    api.clock.time += 25 * HOUR;
    api.twilio.log(environment, line('new'));
    const messages = async (query: string) => pluck(await api.get(logs + query), 'logs', 'message');
    const since = new Date(START).toISOString();
    const until = new Date(START + HOUR).toISOString();
    expect(await messages('')).toEqual(['new']);
    expect(await messages(`?StartDate=${since}`)).toEqual(['new', 'old']);
    expect(await messages(`?StartDate=${since}&EndDate=${until}`)).toEqual(['old']);
    expect((await api.get(`${logs}?StartDate=yesterday`)).status).toBe(400);
  });

  it('are those of one Function when the request names it', async () => {
    const { api, environment, voice, logs } = await deployed();
    api.twilio.log(environment, line('of a path without a Function', '/none'));
    api.twilio.log(environment, line('of voice'));
    const { body } = await api.get(`${logs}?FunctionSid=${voice}`);
    expect(body.logs).toMatchObject([{ message: 'of voice' }]);
    expect((await api.get(`${logs}?FunctionSid=voice`)).status).toBe(400);
  });
});

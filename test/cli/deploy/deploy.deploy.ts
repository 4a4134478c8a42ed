import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { type Deployment, prepareDeployment } from '../../../sandbox/rehearsal/deployment';
import { startRehearsal, type TestRehearsal } from '../../sandbox/rehearsal/start-rehearsal';

let rehearsal: TestRehearsal;
let deployment: Deployment;
beforeAll(async () => {
  rehearsal = await startRehearsal();
  deployment = prepareDeployment(rehearsal);
});
afterAll(() => rehearsal.stop());

describe('npm run deploy', () => {
  it('says what is wrong with its options, and deploys nothing', async () => {
    const deploying = deployment.run('deploy', '--enviroment', 'staging');
    await expect(deploying).rejects.toThrow(/ended with 2:\nerror: unknown option/);
    expect(await rehearsal.exchanges()).toEqual([]);
  });

  it('deploys with the deployer to the environment that it is told, and syncs there', async () => {
    const output = await deployment.run('deploy', '--environment', 'staging');
    expect(output).toContain('Serverless project successfully deployed');
    expect(output).toContain('Assets equal S3: 7 prompts, 7 uploaded.');
    expect(await deployment.twilioRun('list', 'environments')).toMatch(
      / staging-environment .* staging /,
    );
    const { steps } = await rehearsal.call({ digits: ['1', '9'] });
    const media = steps.flatMap((step) => (step.kind === 'media' ? [step] : []));
    expect(media.length).toBeGreaterThan(5);
    for (const { url, status } of media) {
      expect([new URL(url).pathname.startsWith('/audio/'), status]).toEqual([true, 200]);
    }
  });
});

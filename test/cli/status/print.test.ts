import { expect, it } from '@jest/globals';
import { printStatus } from '../../../cli/status/print';

it('what S3 and Twilio name does nothing to the terminal', () => {
  const hostile = '\u001b[2J\u202e\u0007.mp3';
  const status = {
    origin: `https://${hostile}`,
    live: {
      buildSid: `ZB${'0'.repeat(32)}`,
      since: undefined,
      madeBy: 'a sync' as const,
      functions: 1,
      otherAssets: 0,
      prompts: 1,
    },
    s3: {
      problem: undefined,
      difference: `They differ: ${hostile}`,
      heard: [{ key: hostile, as: 'words' as const, why: hostile }],
      missing: [],
      unused: [hostile],
    },
    deployments: [],
  };
  const text = printStatus(status, 'npm run sync', { width: 80, colors: false, verbose: true });
  expect(text).toContain('\\u{1b}[2J\\u{202e}\\u{7}.mp3');
  expect(text).not.toMatch(/[^\P{C}\n]/u);
});

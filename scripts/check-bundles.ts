import { statSync } from 'node:fs';
import { join } from 'node:path';

/**
 * The most that each bundled Function may weigh, in kB. What is loaded is dead air on a phone line;
 * sync, which no caller waits for, may bring S3's SDK.
 */
const BUDGET: Readonly<Record<string, number>> = {
  'audio.js': 60,
  'fallback.protected.js': 120,
  'menu.protected.js': 120,
  'voice.protected.js': 120,
  'sync.js': 850,
  'credentials.private.js': 450,
};

const functions = join(__dirname, '..', '.twilioserverless', 'functions');

for (const [file, budget] of Object.entries(BUDGET)) {
  const size = Math.ceil(statSync(join(functions, file)).size / 1000);
  const fits = size <= budget;
  console.log(`${fits ? 'ok  ' : 'OVER'} ${file}: ${size} kB of ${budget} kB`);
  if (!fits) process.exitCode = 1;
}

import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import * as v from 'valibot';
import { deleteTwilioGlobals, setTwilioGlobals } from './helpers/twilio-globals';

const folder = join(__dirname, '..', '.twilioserverless', 'functions');
const bundles = readdirSync(folder).filter((file) => !file.includes('.private.'));

type Handler = (context: object, event: object, callback: () => void) => unknown;
const Bundle = v.object({ handler: v.custom<Handler>((value) => typeof value === 'function') });

beforeEach(() => {
  setTwilioGlobals();
  for (const level of ['error', 'warn'] as const) jest.spyOn(console, level).mockReturnValue();
});
afterEach(() => {
  deleteTwilioGlobals();
  jest.restoreAllMocks();
});

describe.each(bundles)('the deployed Function %s', (file) => {
  it('is a plain function that returns nothing and calls back', async () => {
    const { handler } = v.parse(Bundle, require(join(folder, file)));
    let returned: unknown;
    await new Promise<void>((resolve) => {
      returned = handler({}, {}, resolve);
    });
    expect(returned).toBeUndefined();
  });
});

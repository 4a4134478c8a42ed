import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import * as v from 'valibot';
import {
  RUNTIME,
  RUNTIME_HANDLER,
  RUNTIME_HANDLER_PACKAGE,
  RUNTIME_HANDLERS,
  RUNTIMES,
} from '../src/limits';

const read = (file: string) => readFileSync(join(__dirname, '..', file), 'utf8');
const packageJson = v.object({ dependencies: v.record(v.string(), v.string()) });

describe('the project', () => {
  it('asks for a runtime handler that Twilio’s platform has', () => {
    const { dependencies } = v.parse(packageJson, JSON.parse(read('package.json')));
    expect(RUNTIME_HANDLERS).toContain(dependencies[RUNTIME_HANDLER_PACKAGE]);
    expect(dependencies[RUNTIME_HANDLER_PACKAGE]).toBe(RUNTIME_HANDLER);
  });

  it('asks for a runtime that Twilio’s platform builds for', () => {
    const [, runtime] = /^ {2}runtime: '(\w+)',$/m.exec(read('.twilioserverlessrc')) ?? [];
    expect(RUNTIMES).toContain(runtime);
    expect(runtime).toBe(RUNTIME);
  });
});

import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { nodeArguments, readPeak, runProgram, runToSuccess } from '../../bench/program';

const project = join(__dirname, '..', '..');
const options = { cwd: project };

describe('a program that is measured', () => {
  it('tells its peak memory in MB, however it ends', async () => {
    const { code, peakMb } = await runProgram(process.execPath, ['-e', 'process.exit(3)'], {
      ...options,
      tellsPeak: true,
    });
    expect(code).toBe(3);
    expect(peakMb).toBeGreaterThan(20);
  });

  it('has no peak where it did not tell it', () => {
    expect(readPeak('a peak 12 kB\n')).toBeUndefined();
  });

  it('gets nothing of the environment but what every program needs', async () => {
    process.env.BENCH_TEST = '1';
    const { output } = await runProgram(
      process.execPath,
      ['-p', 'Object.keys(process.env).join()'],
      { ...options, environment: { GIVEN: '1' } },
    );
    delete process.env.BENCH_TEST;
    expect(output).toContain('GIVEN');
    expect(output).not.toContain('BENCH_TEST');
  });

  it('fails with its last lines', async () => {
    const failing = runToSuccess(
      process.execPath,
      ['-e', 'console.error("no bucket"); process.exit(2)'],
      options,
    );
    await expect(failing).rejects.toThrow('ended with 2: no bucket');
  });
});

describe('nodeArguments', () => {
  it('are those that npm starts Node with', () => {
    expect(nodeArguments(project, 'sync').join(' ')).toMatch(/cli\/sync/);
  });

  it('are not there for a script that starts another program', () => {
    expect(() => nodeArguments(project, 'types')).toThrow('npm run types does not start Node');
  });
});

import { execFileSync } from 'node:child_process';
import { script } from './setup';

export default function teardown(): void {
  execFileSync(script, ['stop'], { stdio: 'inherit', timeout: 30_000 });
}

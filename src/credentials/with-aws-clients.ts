import { systemClock } from '../clock';
import { createCredentials } from './credentials';

/** Credentials by AWS's clients, for programs that can afford to load them: cli, sandbox and tests. */
export const credentialsOf = createCredentials({
  clock: systemClock,
  loadProviders: () => import('./sts-and-cognito'),
});

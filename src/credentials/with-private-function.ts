import { systemClock } from '../clock';
import { createCredentials, loadPrivateFunction } from './credentials';

/** Credentials by the private Function of this deployment, for /sync. */
export const deployedCredentialsOf = createCredentials({
  clock: systemClock,
  loadProviders: loadPrivateFunction,
});

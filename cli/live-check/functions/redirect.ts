import { defineProbe } from './answer';

/** Leads to /redirected, without any of its own parameters. */
export const handler = defineProbe('redirect', ({ origin }) => ({
  status: 302,
  headers: { Location: `${origin}/redirected`, 'Content-Type': 'text/plain' },
  body: '',
}));

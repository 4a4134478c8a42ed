import { useCallback, useState } from 'preact/hooks';
import type { StatusResponse } from '../src/status/response';
import { keepSecret, readSecret } from './session';
import { Shell } from './shell';
import { SignIn } from './sign-in';

interface Session {
  readonly secret: string;
  /** What sign-in has loaded already. */
  readonly status?: StatusResponse;
}

function resume(): Session | undefined {
  const secret = readSecret();
  return secret === undefined ? undefined : { secret };
}

/** Sign-in, or the console. */
export function App() {
  const [session, setSession] = useState(resume);
  const [reason, setReason] = useState<string>();

  const signIn = (secret: string, status: StatusResponse) => {
    keepSecret(secret);
    setReason(undefined);
    setSession({ secret, status });
  };
  const leave = useCallback((why?: string) => {
    keepSecret(undefined);
    setReason(why);
    setSession(undefined);
  }, []);
  const signOut = useCallback(() => leave(), [leave]);
  const onUnauthorized = useCallback(
    () => leave('The secret does not open this deployment any more. Sign in with the new one.'),
    [leave],
  );

  if (session === undefined) return <SignIn reason={reason} onSignedIn={signIn} />;
  return (
    <Shell
      secret={session.secret}
      first={session.status}
      onSignOut={signOut}
      onUnauthorized={onUnauthorized}
    />
  );
}

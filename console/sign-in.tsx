import { useEffect, useRef, useState } from 'preact/hooks';
import type { StatusResponse } from '../src/status/response';
import { requestStatus } from './api';
import { Notice } from './components/notice';

interface SignInProps {
  /** Why somebody who was signed in is not any more. */
  readonly reason?: string;
  readonly onSignedIn: (secret: string, status: StatusResponse) => void;
}

/** Asks for the admin secret, and lets in whom the deployment lets in. */
export function SignIn({ reason, onSignedIn }: SignInProps) {
  const [secret, setSecret] = useState('');
  const [shown, setShown] = useState(false);
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState<{ title: string; text: string }>();
  const field = useRef<HTMLInputElement>(null);
  useEffect(() => {
    document.title = 'Sign in · Phone prompts';
    field.current?.focus();
  }, []);

  const submit = async (event: Event) => {
    event.preventDefault();
    if (busy) return;
    const entered = secret.trim();
    if (entered === '') {
      setProblem({ title: 'Enter the admin secret.', text: '' });
      field.current?.focus();
      return;
    }
    setBusy(true);
    setProblem(undefined);
    const outcome = await requestStatus(entered);
    setBusy(false);
    if (outcome.type === 'loaded') return onSignedIn(entered, outcome.status);
    setProblem(
      outcome.type === 'unauthorized'
        ? {
            title: 'This is not the admin secret.',
            text: 'Check for characters that are missing at the ends. The secret is the value of ADMIN_SECRET that the deployment has.',
          }
        : { title: 'Signing in did not work.', text: outcome.sentence },
    );
    // A field that was disabled meanwhile would have lost the focus.
    field.current?.select();
  };

  return (
    <main class="sign-in">
      <h1>Phone prompts</h1>
      <p class="quiet">
        The recordings that callers of <bdi>{location.host}</bdi> hear.
      </p>
      {reason !== undefined && problem === undefined && <Notice tone="warn" title={reason} alert />}
      <form onSubmit={submit}>
        {/* By it a password manager tells one deployment from another. */}
        <input type="text" autoComplete="username" value={location.host} readOnly hidden />
        <label for="secret">Admin secret</label>
        <div class="field">
          <input
            ref={field}
            id="secret"
            {...(shown ? { type: 'text' } : { type: 'password' })}
            autoComplete="current-password"
            autoCapitalize="none"
            spellcheck={false}
            aria-describedby="secret-help"
            aria-invalid={problem !== undefined}
            value={secret}
            onInput={(event) => setSecret(event.currentTarget.value)}
          />
          <button type="button" aria-pressed={shown} onClick={() => setShown(!shown)}>
            {shown ? 'Hide' : 'Show'}
          </button>
        </div>
        <p id="secret-help" class="quiet">
          The person who deployed this project has it: it is <code>ADMIN_SECRET</code> in their{' '}
          <code>.env</code> file. This page forgets it when you sign out or close the tab.
        </p>
        {problem && (
          <Notice tone="bad" title={problem.title} alert>
            {problem.text !== '' && <p>{problem.text}</p>}
          </Notice>
        )}
        <button type="submit" class="primary" aria-disabled={busy}>
          {busy ? 'Signing in…' : 'Sign in'}
        </button>
      </form>
    </main>
  );
}

import type { StatusResponse } from '../src/status/response';
import type { Player } from './listen/use-player';

/** What each section of the console gets. It stays in the page, hidden, while another one is shown. */
export interface SectionProps {
  readonly status: StatusResponse;
  readonly secret: string;
  /** Loads the status again; what is shown stays until it is there. */
  readonly reload: () => Promise<void>;
  /** Leads to a prompt, with its row open. */
  readonly showPrompt: (key: string) => void;
  /** Plays one sound at a time, whichever section is shown. */
  readonly player: Player;
  /** Back to sign-in: the secret does not open the deployment any more. */
  readonly onUnauthorized: () => void;
  /** Behind the section's name in the address: a key, or a place of the call flow. */
  readonly item?: string;
}

import type { Resource } from '../../twilio/state/records';

/** A call that was made through the API. */
export interface PlacedCall extends Resource {
  readonly from: string;
  readonly to: string;
  status: 'in-progress' | 'completed' | 'failed';
  /** Epoch milliseconds. */
  endedAt: number | undefined;
}

/** Something that went wrong in a call, as Twilio's debugger lists it. */
export interface CallAlert extends Resource {
  readonly callSid: string;
  readonly code: number;
  readonly message: string;
  readonly method: 'GET' | 'POST';
  readonly url: string;
}

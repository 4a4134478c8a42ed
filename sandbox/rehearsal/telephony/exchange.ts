import { call, type PhoneOptions, type Step } from '../../../phone';
import { type State, stamp } from '../../twilio/state/state';
import type { CallAlert, PlacedCall } from './records';

/** How this Twilio fetches media: what is not known of the real one is a switch. */
export type MediaHabits = Pick<PhoneOptions, 'append' | 'signMedia' | 'fallbackOnMediaError'>;

export interface NewCall {
  readonly from: string;
  readonly to: string;
  readonly voiceUrl: string;
  readonly fallbackUrl: string | undefined;
}

/** The calls of the account, with whoever is called picking up at once and pressing nothing. */
export class Exchange {
  readonly calls = new Map<string, PlacedCall>();
  readonly alerts = new Map<string, CallAlert>();
  readonly #state: State;
  readonly #phone: MediaHabits & Pick<PhoneOptions, 'send'>;

  constructor(state: State, phone: MediaHabits & Pick<PhoneOptions, 'send'>) {
    this.#state = state;
    this.#phone = phone;
  }

  /** Begins a call, which goes on by itself. */
  place({ from, to, voiceUrl, fallbackUrl }: NewCall): PlacedCall {
    const placed: PlacedCall = {
      ...stamp(this.#state, 'CA'),
      from,
      to,
      status: 'in-progress',
      endedAt: undefined,
    };
    this.calls.set(placed.sid, placed);
    this.#converse(placed, voiceUrl, fallbackUrl).then(
      () => this.end(placed, 'completed'),
      () => this.end(placed, 'failed'),
    );
    return placed;
  }

  end(placed: PlacedCall, status: 'completed' | 'failed'): void {
    if (placed.endedAt !== undefined) return;
    placed.status = status;
    placed.endedAt = this.#state.settings.now();
  }

  async #converse(
    placed: PlacedCall,
    voiceUrl: string,
    fallbackUrl: string | undefined,
  ): Promise<void> {
    const { accountSid, authToken } = this.#state.settings;
    const steps = call({
      ...this.#phone,
      accountSid,
      authToken,
      callSid: placed.sid,
      from: placed.from,
      to: placed.to,
      voiceUrl,
      fallbackUrl,
    });
    for await (const step of steps) {
      if (placed.endedAt !== undefined) return;
      this.#noteFailure(placed, step);
    }
  }

  #noteFailure(placed: PlacedCall, step: Step): void {
    if (step.kind === 'verb' || step.errorCode === undefined) return;
    const alert: CallAlert = {
      ...stamp(this.#state, 'NO'),
      callSid: placed.sid,
      code: step.errorCode,
      message: step.errorMessage ?? '',
      method: step.kind === 'webhook' ? step.method : 'GET',
      url: step.kind === 'webhook' ? step.url : step.mediaUrl,
    };
    this.alerts.set(alert.sid, alert);
  }
}

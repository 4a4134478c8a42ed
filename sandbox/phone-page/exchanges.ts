import { CallError, type HttpRequest, type HttpResponse, type SendRequest } from '../../phone';
import type { Clock } from '../../src/clock';
import { failureSentence } from './sentences';

/** A request of the phone, and what came of it. */
export interface Exchange {
  readonly at: Date;
  readonly milliseconds: number;
  readonly request: HttpRequest;
  /** Missing where none came, or none whole. */
  readonly response?: HttpResponse;
  /** Why none came, in a sentence. */
  readonly failure?: string;
}

/** Notes what is sent through it. */
export interface ExchangeLog {
  readonly send: SendRequest;
  /** Those since it was asked before. */
  take(): Exchange[];
}

export function logExchanges(send: SendRequest, { now }: Pick<Clock, 'now'>): ExchangeLog {
  let exchanges: Exchange[] = [];
  return {
    async send(request) {
      const at = now();
      const note = (outcome: Pick<Exchange, 'response' | 'failure'>) =>
        exchanges.push({
          at,
          milliseconds: now().getTime() - at.getTime(),
          request,
          ...outcome,
        });
      try {
        const response = await send(request);
        note({ response });
        return response;
      } catch (thrown) {
        if (thrown instanceof CallError) note({ failure: failureSentence(thrown.message) });
        throw thrown;
      }
    },
    take() {
      const taken = exchanges;
      exchanges = [];
      return taken;
    },
  };
}

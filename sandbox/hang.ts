import type { RequestListener } from 'node:http';
import { pathOf } from './edge/server';

/** Lets webhooks hang, as a Function does that never answers. */
export interface Hang {
  readonly front: (deployment: RequestListener) => RequestListener;
  /** From now on, one of so many webhooks is never answered. */
  begin(oneOf: number): void;
  end(): void;
  isOn(): boolean;
}

const WEBHOOKS: readonly string[] = ['/voice', '/menu'];

export function createHang(): Hang {
  let share: number | undefined;
  let count = 0;
  return {
    front: (deployment) => (request, response) => {
      if (share !== undefined && WEBHOOKS.includes(pathOf(request.url ?? ''))) {
        count += 1;
        if (count % share === 0) return;
      }
      deployment(request, response);
    },
    begin(oneOf) {
      share = oneOf;
    },
    end() {
      share = undefined;
    },
    isOn: () => share !== undefined,
  };
}

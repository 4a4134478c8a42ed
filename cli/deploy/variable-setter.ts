import type { Clock } from '../../src/clock';
import { TWILIO_ATTEMPTS } from '../../src/limits';
import { withRetry } from '../../src/retry';
import type { SyncEvent, SyncOutcome } from '../../src/sync';
import { isConflict, judgeLost } from '../../src/twilio/errors';
import type { Serverless } from '../../src/twilio/serverless';
import type { VariableChanges } from './variables';

export interface SettingOptions {
  readonly twilio: Serverless;
  /** ZE… */
  readonly environmentSid: string;
  readonly clock: Clock;
  /** Epoch milliseconds after which no attempt begins. */
  readonly deadline: number;
}

/** Changes the variables of one environment around the moment at which a new Build becomes live. */
export class VariableSetter {
  /** The Build that was to become live last: ZB… */
  buildSid: string | undefined;
  /** Names of what is not changed yet, though the Build is live. */
  unset: readonly string[] = [];
  #before: Promise<void> | undefined;
  #isActivated = false;

  constructor(
    private readonly changes: VariableChanges,
    private readonly options: SettingOptions,
  ) {}

  /** The events of a run that makes a Build live; variables change as it does. */
  async *around(
    events: AsyncGenerator<SyncEvent, SyncOutcome>,
  ): AsyncGenerator<SyncEvent, SyncOutcome> {
    for (;;) {
      const next = await events.next();
      if (next.done) return next.value;
      const event = next.value;
      if (event.type === 'activating') {
        this.buildSid = event.buildSid;
        this.#before ??= this.#set(this.changes.before);
        await this.#before;
      } else if (event.type === 'activated' && !this.#isActivated) {
        this.#isActivated = true;
        await this.#finish();
      }
      yield event;
    }
  }

  /** Changes them in the same order where the Build stays. */
  async setAll(): Promise<void> {
    this.unset = Object.keys(this.changes.before);
    await this.#set(this.changes.before);
    await this.#finish();
  }

  async #finish(): Promise<void> {
    const { first, after, remove } = this.changes;
    this.unset = [...new Set([...Object.keys(first), ...Object.keys(after), ...remove])];
    await this.#set(first);
    await this.#set(after);
    await this.#remove(remove);
    this.unset = [];
  }

  #remove(names: readonly string[]): Promise<void> {
    return this.#set(Object.fromEntries(names.map((name) => [name, undefined])));
  }

  /** Takes back what was set before a Build that did not become live. */
  async undo(): Promise<void> {
    if (this.#before === undefined || this.#isActivated) return;
    await this.#before.catch(() => {});
    await this.#remove(this.changes.added);
  }

  /**
   * Gives variables these values. Looks before each attempt: the answer to the one before may have been
   * lost.
   *
   * @param values undefined removes a variable
   */
  async #set(values: Readonly<Record<string, string | undefined>>): Promise<void> {
    const { twilio, environmentSid, clock, deadline } = this.options;
    const entries = Object.entries(values);
    if (entries.length === 0) return;
    await withRetry(
      { clock, deadline, attempts: TWILIO_ATTEMPTS },
      (thrown) => (isConflict(thrown) ? { retry: true } : judgeLost(thrown)),
      async () => {
        const current = await twilio.variables(environmentSid);
        const byName = new Map(current.map((variable) => [variable.key, variable]));
        const requests = entries.map(async ([name, value]) => {
          const variable = byName.get(name);
          if (variable?.value === value) return;
          if (variable === undefined) {
            if (value !== undefined) await twilio.createVariable(environmentSid, name, value);
          } else if (value === undefined) await twilio.deleteVariable(environmentSid, variable);
          else await twilio.updateVariable(environmentSid, variable, value);
        });
        // Wait for all, so that none is in work after one was refused.
        await Promise.allSettled(requests);
        await Promise.all(requests);
      },
    );
  }
}

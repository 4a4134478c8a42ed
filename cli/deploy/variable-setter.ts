import type { Clock } from '../../src/clock';
import { PlayError } from '../../src/errors';
import { COMMAND_BUDGET_MS, TWILIO_ATTEMPTS } from '../../src/limits';
import { withRetry } from '../../src/retry';
import type { SyncEvent, SyncOutcome } from '../../src/sync';
import { isConflict, judgeLost } from '../../src/twilio/errors';
import type { Serverless } from '../../src/twilio/serverless';
import type { VariableChanges } from './variables';

export interface SettingOptions {
  /** Reaches the environment's Service, until epoch milliseconds. */
  readonly connect: (deadline: number) => Serverless;
  /** ZE… */
  readonly environmentSid: string;
  readonly clock: Clock;
}

/** Changes the variables of one environment around the moment at which a new Build becomes live. */
export class VariableSetter {
  /** The Build with the new code, once a Deployment of it may have begun: ZB… */
  buildSid: string | undefined;
  /** Whether that Build has become live. */
  isActivated = false;
  /** Names of what is not changed yet, though the Build may be live. */
  unset: readonly string[] = [];
  /** Names of what this setter has created; another deploy may have created the others. */
  readonly #created = new Set<string>();
  #before: Promise<void> | undefined;
  #isUndone = false;

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
      if (next.done) {
        // It is through without a Deployment: one whose answer was lost has succeeded.
        if (next.value.status === 'done') await this.#activated();
        return next.value;
      }
      const event = next.value;
      // What the run makes live after that has the same code.
      if (event.type === 'activating' && !this.isActivated) {
        // An interrupted run goes on until here.
        if (this.#isUndone) throw new PlayError('The deploy was stopped.');
        this.#before ??= this.#set(this.changes.before);
        await this.#before;
        this.buildSid = event.buildSid;
        this.unset = this.#lateNames();
      } else if (event.type === 'activated') await this.#activated();
      yield event;
    }
  }

  async #activated(): Promise<void> {
    if (this.isActivated) return;
    this.isActivated = true;
    await this.#finish();
  }

  /** Changes them in the same order where the Build stays. */
  async setAll(): Promise<void> {
    this.unset = [...Object.keys(this.changes.before), ...this.#lateNames()];
    await this.#set(this.changes.before);
    await this.#finish();
  }

  async #finish(): Promise<void> {
    const { first, after, remove } = this.changes;
    this.unset = this.#lateNames();
    await this.#set(first);
    await this.#set(after);
    await this.#remove(remove);
    this.unset = [];
  }

  #lateNames(): string[] {
    const { first, after, remove } = this.changes;
    return [...new Set([...Object.keys(first), ...Object.keys(after), ...remove])];
  }

  #remove(names: readonly string[]): Promise<void> {
    return this.#set(Object.fromEntries(names.map((name) => [name, undefined])));
  }

  /** Takes back what was set before a Build that did not become live. */
  async undo(): Promise<void> {
    this.#isUndone = true;
    if (this.#before === undefined) return;
    await this.#before.catch(() => {});
    await this.#remove([...this.#created]);
  }

  /**
   * Gives variables these values. Looks before each attempt: the answer to the one before may have been
   * lost.
   *
   * @param values undefined removes a variable
   */
  async #set(values: Readonly<Record<string, string | undefined>>): Promise<void> {
    const { connect, environmentSid, clock } = this.options;
    const entries = Object.entries(values);
    if (entries.length === 0) return;
    // Of each step: uploads and a Build before it may have taken longer than a command's requests may.
    const deadline = clock.now().getTime() + COMMAND_BUDGET_MS;
    const twilio = connect(deadline);
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
            if (value !== undefined) await this.#create(twilio, name, value);
          } else if (value === undefined) await twilio.deleteVariable(environmentSid, variable);
          else await twilio.updateVariable(environmentSid, variable, value);
        });
        // Wait for all, so that none is in work after one was refused.
        await Promise.allSettled(requests);
        await Promise.all(requests);
      },
    );
  }
  async #create(twilio: Serverless, name: string, value: string): Promise<void> {
    // Before the request: its answer may be lost.
    this.#created.add(name);
    try {
      await twilio.createVariable(this.options.environmentSid, name, value);
    } catch (thrown) {
      if (isConflict(thrown)) this.#created.delete(name);
      throw thrown;
    }
  }
}

import { isRecord } from './record';

/**
 * An error that a person can act on: its message says what was tried, on what, what came back and
 * what to do. It contains no secret, so it may be logged.
 */
export class PlayError extends Error {
  constructor(message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = new.target.name;
  }
}

/** The configuration is missing or malformed; the message names each variable. */
export class ConfigError extends PlayError {}

/**
 * The message of anything that was thrown. Where a host has several addresses and no connection to any
 * of them, Node's error has no message of its own.
 */
export function messageOf(thrown: unknown): string {
  if (isRecord(thrown) && thrown.message === '' && Array.isArray(thrown.errors)) {
    return thrown.errors.map(messageOf).join('; ');
  }
  return thrown instanceof Error ? thrown.message : String(thrown);
}

/** A message with a full stop, so that another sentence may follow: only some messages have one. */
export function withFullStop(message: string): string {
  return /[.!?]$/.test(message) ? message : `${message}.`;
}

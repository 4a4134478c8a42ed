import type { S3Server } from './s3';

/** Stops the sandbox's S3 and starts it again. The terminal and the phone page share one. */
export interface S3Switch {
  isStopped(): boolean;
  /** @throws {PlayError} when its port is taken meanwhile */
  set(stopped: boolean): Promise<void>;
  /** @throws {PlayError} when its port is taken meanwhile */
  toggle(): Promise<void>;
}

/** @param onChange is called after each stop and start */
export function createS3Switch(
  server: Pick<S3Server, 'stop' | 'start'>,
  onChange: (isStopped: boolean) => void,
): S3Switch {
  let isStopped = false;
  let last: Promise<unknown> = Promise.resolve();
  /** One change after the other: each looks at what the one before left. */
  const change = (choose: () => boolean): Promise<void> => {
    const changed = last.then(async () => {
      const stopped = choose();
      if (stopped === isStopped) return;
      await (stopped ? server.stop() : server.start());
      isStopped = stopped;
      onChange(stopped);
    });
    last = changed.catch(() => undefined);
    return changed;
  };
  return {
    isStopped: () => isStopped,
    set: (stopped) => change(() => stopped),
    toggle: () => change(() => !isStopped),
  };
}

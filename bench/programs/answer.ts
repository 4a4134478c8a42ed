/** What a program of the bench sends to its parent. */
export type Answer = { readonly result: unknown } | { readonly error: string };

/**
 * Lets the parent of this process ask: each message is answered once. The process ends with its parent.
 *
 * @param ready is the first answer, to the start
 */
export function answerParent(ready: unknown, handle: (question: unknown) => unknown): void {
  const send = (answer: Answer) => process.send?.(answer);
  process.on('disconnect', () => process.exit());
  process.on('message', async (question) => {
    try {
      send({ result: await handle(question) });
    } catch (thrown) {
      send({ error: thrown instanceof Error ? thrown.message : String(thrown) });
    }
  });
  send({ result: ready });
}

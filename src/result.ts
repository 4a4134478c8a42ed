/** Runs an async generator to its end, and returns what it returns. */
export async function resultOf<Step, Result>(
  steps: AsyncGenerator<Step, Result>,
  onStep: (step: Step) => void = () => {},
): Promise<Result> {
  for (;;) {
    const { done, value } = await steps.next();
    if (done) return value;
    onStep(value);
  }
}

/**
 * Notes globals as they are and returns what puts them back, those that were missing included.
 * Twilio's runtime writes its own into the process.
 */
export function globalScope(names: readonly string[]): () => void {
  const before = names.map((name) => ({
    name,
    descriptor: Object.getOwnPropertyDescriptor(globalThis, name),
  }));
  return () => {
    for (const { name, descriptor } of before) {
      if (descriptor) Object.defineProperty(globalThis, name, descriptor);
      else Reflect.deleteProperty(globalThis, name);
    }
  };
}

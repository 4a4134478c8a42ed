import { openAccount } from './account';
import type { Request } from './start';

async function main(): Promise<void> {
  const { started, actions } = await openAccount(JSON.parse(process.argv[2] ?? ''));
  process.on('message', async ({ action, argument }: Request) => {
    try {
      process.send?.({ result: await Reflect.apply(actions[action], undefined, [argument]) });
    } catch (thrown) {
      process.send?.({ error: thrown instanceof Error ? thrown.stack : String(thrown) });
    }
    if (action === 'stop') process.disconnect();
  });
  process.send?.({ result: started });
}

main().catch((error: Error) => {
  process.send?.({ error: error.stack });
  process.disconnect();
});

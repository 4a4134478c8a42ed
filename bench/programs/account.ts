import { openAccount, readOptions } from '../stand-ins/account';
import { readRequest } from '../stand-ins/start';
import { answerParent } from './answer';

// S3, Twilio and the edge. Argument: the options of the account.

const [, , json = ''] = process.argv;

openAccount(readOptions(json)).then(({ started, actions }) =>
  answerParent(started, (asked) => {
    const { action, argument } = readRequest(asked);
    return Reflect.apply(actions[action], undefined, [argument]);
  }),
);

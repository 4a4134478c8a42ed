import * as v from 'valibot';
import type { CallFlow } from '../../../src/call-flow/schema';
import { callFlowSchema } from '../../../src/call-flow/schema';

const recorded = (name: string, text: string) => ({ key: `prompts/${name}.mp3`, text });
const day = ['00:00-24:00'];

/** A flow with every action and every branch. Its prompts are among the sample prompts. */
export const everyBranch: CallFlow = v.parse(callFlowSchema, {
  language: 'en-GB',
  voice: 'Polly.Amy-Neural',
  start: {
    action: 'hours',
    hours: 'always',
    open: { action: 'menu', menu: 'main' },
    closed: { action: 'hangup', prompt: { text: 'We are closed.' } },
  },
  menus: {
    main: {
      greeting: recorded('welcome', 'Welcome.'),
      prompt: recorded('menu', 'Press a key.'),
      attempts: 2,
      timeout: 4,
      digits: {
        '1': { action: 'play', prompt: recorded('directions', 'Two minutes on foot.') },
        '2': {
          action: 'play',
          prompt: { key: 'prompts/営業 時間.mp3', text: '営業時間です。', language: 'ja-JP' },
          next: { action: 'hangup', prompt: recorded('goodbye', 'Goodbye.') },
        },
        '3': { action: 'menu', menu: 'code' },
        '4': {
          action: 'dial',
          prompt: { text: 'One moment.' },
          number: '+12025550143',
          callerId: '+815012345678',
          timeout: 20,
          otherwise: {
            action: 'record',
            prompt: { text: 'Leave a message.' },
            silence: { action: 'hangup', prompt: { text: 'We heard nothing.' } },
            next: { action: 'hangup', prompt: { text: 'Thank you.' } },
          },
        },
        '5': { action: 'dial', number: 'sip:desk@example.com' },
        '6': { action: 'record', maxLength: 60, timeout: 3, finishOnKey: '*#' },
        '7': {
          action: 'hours',
          hours: 'never',
          open: { action: 'hangup' },
          closed: { action: 'play', prompt: { text: 'Nobody is here.' } },
        },
        '8': { action: 'again', prompt: { text: 'Once more.' } },
        '9': { action: 'hangup' },
        '#': { action: 'menu', menu: 'main' },
      },
      unknown: { action: 'again', prompt: recorded('unknown', 'Not one of the choices.') },
      otherwise: { action: 'menu', menu: 'code' },
    },
    code: {
      prompt: { text: 'Enter four digits, then the pound key.' },
      digits: {
        '1234': { action: 'play', prompt: { text: 'Right.' } },
        '**': { action: 'menu', menu: 'main' },
      },
      finishOnKey: '#',
      attempts: 1,
      silence: { action: 'hangup', prompt: { text: 'Goodbye then.' } },
    },
  },
  hours: {
    always: {
      timeZone: 'Asia/Tokyo',
      weekly: {
        monday: day,
        tuesday: day,
        wednesday: day,
        thursday: day,
        friday: day,
        saturday: day,
        sunday: day,
      },
    },
    never: { timeZone: 'Asia/Tokyo', weekly: {} },
  },
  farewell: recorded('goodbye', 'Goodbye.'),
  questions: 12,
});

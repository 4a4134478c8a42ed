export { createPlayback, type FallbackLevel, type Playable, type Playback } from './playback';
export { promptUrl } from './prompt-url';

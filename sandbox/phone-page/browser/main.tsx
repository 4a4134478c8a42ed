import { render } from 'preact';
import { useState } from 'preact/hooks';
import { Notice } from '../../../console/components/notice';
import { Demonstrations } from './demonstrations';
import { Handset } from './handset';
import { Inspector, type SoughtRequest } from './inspector';
import { Introduction, WhatNext } from './introduction';
import './phone.css';
import { SwitchPanel } from './switch-panel';
import { Transcript } from './transcript';
import { usePhone } from './use-phone';

function PhonePage() {
  const [phone, actions] = usePhone();
  /** Which request the transcript leads to. */
  const [sought, setSought] = useState<SoughtRequest>();
  return (
    <main>
      <Introduction server={phone.server} />
      <Demonstrations phone={phone} onCall={actions.demonstrate} />
      <div class="call">
        <Handset phone={phone} actions={actions} />
        <Transcript phone={phone} onSeek={setSought} />
        <SwitchPanel phone={phone} actions={actions} />
      </div>
      <Inspector log={phone.shown} sought={sought} onReplay={actions.replay} />
      <WhatNext />
      <Notices isConnected={phone.isConnected} problem={phone.problem} />
    </main>
  );
}

/** What does not work, over whatever is on the screen. */
function Notices({
  isConnected,
  problem,
}: {
  readonly isConnected: boolean | undefined;
  readonly problem: string | undefined;
}) {
  return (
    <div class="notices" role="alert">
      {isConnected === false && (
        <Notice tone="bad" title="The sandbox does not answer">
          <p>
            It has ended, most likely. Start it again with <code>npm start</code>: this page then
            goes on by itself, without the calls of before.
          </p>
        </Notice>
      )}
      {problem !== undefined && <Notice tone="warn" title={problem} />}
    </div>
  );
}

const root = document.getElementById('app');
if (root) {
  // What stands there until this script runs.
  root.replaceChildren();
  render(<PhonePage />, root);
}

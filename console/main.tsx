import { render } from 'preact';
import { App } from './app';
import './style.css';

/** A site that shows the page in a frame could lead clicks, and an Asset sends no header that forbids it. */
const isFramed = window.top !== window.self;

function Framed() {
  return (
    <main class="sign-in">
      <h1>Phone prompts</h1>
      <p>
        Another page shows this one in a frame. Open it in a window of its own:{' '}
        <a href="/index.html" target="_blank" rel="noreferrer">
          {location.host}
        </a>
      </p>
    </main>
  );
}

const root = document.getElementById('app');
if (root) {
  // What stands there until this script runs.
  root.replaceChildren();
  render(isFramed ? <Framed /> : <App />, root);
}

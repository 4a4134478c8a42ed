import { render } from 'preact';
import { App } from './app';
import './style.css';

const root = document.getElementById('app');
if (root) {
  // What stands there until this script runs.
  root.replaceChildren();
  render(<App />, root);
}

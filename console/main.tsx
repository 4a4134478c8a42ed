import { render } from 'preact';
import './style.css';

function Console() {
  return (
    <main>
      <h1>Phone prompts</h1>
    </main>
  );
}

const root = document.getElementById('app');
if (root) render(<Console />, root);

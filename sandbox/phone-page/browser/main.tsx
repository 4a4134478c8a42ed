import { render } from 'preact';
import './phone.css';

function PhonePage() {
  return (
    <main>
      <h1>The phone</h1>
    </main>
  );
}

const root = document.getElementById('app');
if (root) render(<PhonePage />, root);

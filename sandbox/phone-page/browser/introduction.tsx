import type { State } from '../protocol';

/** What the page is, for somebody who sees it for the first time. */
export function Introduction({ server }: { readonly server: State | undefined }) {
  return (
    <header class="introduction">
      <div>
        <h1>Hear prompts from a private S3 bucket on a Twilio call</h1>
        <p class="lead">
          You need no account, no phone number and no HTTPS: all of this runs on your machine.
        </p>
      </div>
      <div>
        <p>
          A company keeps the prompts of its phone line as MP3s in a private S3 bucket. For each
          prompt, Twilio is given a presigned URL: a link with a signature. While it waits for a key
          (in <code>&lt;Gather&gt;</code>), Twilio adds parameters of its own to the request, such
          as <code>CallSid</code> and <code>From</code>. The signature covers the whole query, so it
          breaks: S3 answers 403, and the caller hears silence. This project ends that: its
          addresses of prompts carry no signature of S3.
        </p>
        <p class="quiet">
          {server?.ownBucket ? (
            <>
              The prompts are those of your bucket <bdi>{server.bucket}</bdi>, which is only read.
              Twilio and the phone are stand-ins on this machine.
            </>
          ) : (
            'S3, Twilio and the phone are stand-ins on this machine. The project that answers is the one that you would deploy.'
          )}
        </p>
      </div>
    </header>
  );
}

export function WhatNext() {
  return (
    <section aria-labelledby="next" class="next">
      <h2 id="next">What next</h2>
      <ul>
        <li>
          <a href="/index.html">Open the console</a>: which prompts callers hear, what a sync would
          do, and the call flow. It asks for the admin secret: <code>ADMIN_SECRET</code> in the file
          that the terminal names at “Variables for commands”.
        </li>
        <li>
          Hear your own recordings: <code>npm start -- --prompts &lt;folder&gt;</code>. With{' '}
          <code>npm start -- --env &lt;file&gt;</code> they come from your own bucket.
        </li>
        <li>
          Answer your own number: <code>README.md</code>, section Deploy.
        </li>
        <li>
          In 2021 and 2024 Twilio wrote that it stops adding parameters. Why this project is of use
          all the same: <code>README.md</code>, section Why.
        </li>
      </ul>
    </section>
  );
}

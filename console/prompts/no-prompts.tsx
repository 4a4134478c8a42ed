import type { StatusResponse } from '../../src/status/response';
import { Notice } from '../components/notice';

/** In place of the list, where it is empty. */
export function NoPrompts({ status }: { readonly status: StatusResponse }) {
  const { name, prefix, problem } = status.bucket;
  if (problem !== undefined) {
    return (
      <Notice tone="quiet" title="No prompt is known">
        <p>The list of prompts is in S3. Refresh the page when S3 can be asked again.</p>
      </Notice>
    );
  }
  return (
    <Notice tone="quiet" title="The bucket has no prompts yet">
      <p>
        Put MP3 files into{' '}
        <code>
          s3://{name}/{prefix}
        </code>
        , then refresh this page. They appear here before they are synced.
      </p>
    </Notice>
  );
}

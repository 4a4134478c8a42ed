import type { StatusResponse } from '../../src/status/response';
import { Badge } from '../components/badge';
import { Notice } from '../components/notice';
import { Time } from '../components/time';
import { formatCount } from '../format';
import type { SectionProps } from '../section';
import { byWords } from './words';

/** The Build that callers hear, and those before it. */
export function LiveSection({ status }: SectionProps) {
  const { live, deployments, twilioProblem } = status;
  if (twilioProblem !== undefined && deployments.length === 0) {
    return (
      <Notice tone="quiet" title="What is live is not known">
        <p>Only Twilio can tell it. Calls go on as before. Refresh the page to try again.</p>
      </Notice>
    );
  }
  return (
    <div class="live">
      {live ? (
        <LiveBuild live={live} />
      ) : (
        <Notice tone="bad" title="Nothing is live">
          <p>No call is answered. Deploy the project, or roll back to an earlier Build.</p>
        </Notice>
      )}
      {deployments.length > 0 && (
        <>
          <h3>
            {deployments.length === 1
              ? 'The deployment'
              : `The last ${deployments.length} deployments`}
          </h3>
          <ol class="deployments">
            {deployments.map((deployment, index) => (
              <Deployment
                key={deployment.at + index}
                deployment={deployment}
                isLive={index === 0 && deployment.buildSid === live?.buildSid}
              />
            ))}
          </ol>
        </>
      )}
    </div>
  );
}

function LiveBuild({ live }: { readonly live: NonNullable<StatusResponse['live']> }) {
  return (
    <dl class="facts">
      <dt>Prompts</dt>
      <dd>
        {live.prompts === 0
          ? 'None is an Asset: no sync has made one yet'
          : `${formatCount(live.prompts, 'prompt')} as ${live.prompts === 1 ? 'an Asset, Twilio’s own copy' : 'Assets, Twilio’s own copies'}`}
      </dd>
      <dt>Live since</dt>
      <dd>
        {live.since === undefined ? (
          'Before what Twilio’s history shows'
        ) : (
          <Time at={live.since} exact />
        )}
      </dd>
      <dt>Deployed by</dt>
      <dd>{byWords(live.by)}</dd>
      <dt>Build</dt>
      <dd>
        <code>{live.buildSid}</code>
        <br />
        <span class="quiet">A Build is all that calls use: the code and the Assets.</span>
      </dd>
    </dl>
  );
}

interface DeploymentProps {
  readonly deployment: StatusResponse['deployments'][number];
  readonly isLive: boolean;
}

function Deployment({ deployment: { at, by, buildSid, changes }, isLive }: DeploymentProps) {
  const [first = '', ...others] = changes;
  return (
    <li>
      <p class="deployment-time">
        <Time at={at} exact />
        {isLive && <Badge tone="good">Live</Badge>}
      </p>
      <div>
        <p>{[first.charAt(0).toUpperCase() + first.slice(1), ...others].join(', ')}</p>
        <p class="quiet">
          {buildSid === undefined ? 'No Build' : byWords(by)}
          {buildSid !== undefined && (
            <>
              {' · '}
              <code>{buildSid}</code>
            </>
          )}
        </p>
      </div>
    </li>
  );
}

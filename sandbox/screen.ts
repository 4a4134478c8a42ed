import { relative } from 'node:path';
import colors from 'picocolors';
import { plainTable } from '../cli/format';
import type { MediaEvent, VerbEvent } from '../phone';
import { isAsExpected, NUMBER, type Row, servedBy } from './inspector';
import type { S3Server } from './s3';
import type { Sandbox } from './sandbox';

/** The request inspector of the bug report, as lines for a terminal. */
export function inspectorTable(rows: readonly Row[]): string {
  const lines = plainTable(['', 'verb', 'what it plays', 'status']);
  rows.forEach(({ verb, plays, media }, index) => {
    const parameters = media.appended === 0 ? '' : ` + ${media.appended} parameters`;
    const signature = media.signed ? ' + signature' : '';
    lines.push([`${index + 1}`, verb, plays + parameters + signature, statusOf(media)]);
  });
  return lines.toString();
}

/** What a caller heard: a line for each recording and each text that was said. */
export function heardTable(heard: readonly (MediaEvent | VerbEvent)[]): string {
  const lines = plainTable(['verb', 'served by', 'status', 'seconds', 'prompt']);
  for (const event of heard) {
    if (event.kind === 'verb') {
      lines.push([event.verb, 'text', '', '', JSON.stringify(event.text)]);
      continue;
    }
    const seconds = event.durationSeconds?.toFixed(1) ?? '';
    lines.push([event.verb, servedBy(event), statusOf(event), seconds, promptOf(event)]);
  }
  return lines.toString();
}

function statusOf({ status, s3ErrorCode }: MediaEvent): string {
  const text = [status ?? 'no answer', s3ErrorCode].filter(Boolean).join(' ');
  return status !== undefined && status < 300 ? colors.green(text) : colors.red(text);
}

/** The name in a URL that a person recognises; never its query, which is signed. */
function promptOf({ url }: MediaEvent): string {
  const { pathname, searchParams } = new URL(url);
  return searchParams.get('key') ?? pathname;
}

/** One sentence about the inspector's rows. */
export function summaryOf(rows: readonly Row[], isS3Stopped = false): string {
  if (isS3Stopped && rows.length > 0) {
    const proxy = rows[3]?.media.status === 200 ? ', and the proxy plays what it remembers' : '';
    return `S3 is stopped. The Asset does not need it${proxy}.`;
  }
  if (isAsExpected(rows)) return 'Row 2 is the bug. Rows 3 and 4 are this project.';
  return rows.length === 0
    ? colors.yellow('The bucket has no recording that a sync could make an Asset of.')
    : colors.red('This is not what should have come: 200, 403, 200, 200.');
}

/** Where everything is, and what to try by hand. */
export function whereToLook(sandbox: Sandbox, rows: readonly Row[]): string {
  const { publicOrigin, s3, variables, envFile, logFile } = sandbox;
  const [log, env] = [logFile, envFile].map((file) => relative(process.cwd(), file));
  const { S3_BUCKET: bucket, S3_PREFIX: prefix = '' } = variables;
  const prompts = s3 ? `${s3.endpoint}/${bucket}/${prefix}` : `s3://${bucket}/${prefix}`;
  return `
The phone number is     ${NUMBER}
It is answered at       ${publicOrigin}/voice
The prompts are at      ${prompts}
Twilio's API is at      ${variables.TWILIO_API_URL}
The Functions log to    ${log}
Variables for commands  ${env}

${howToAppend(rows)}
Replace a prompt by another MP3, and sync:
${s3 ? howToUpload(s3, prompts) : ''}  npm run sync -- --env ${env}
Call, and press 1 and 9:
  npm run call -- --env ${env} --digits 1,9

A change of the call flow is heard after the next npm start.`;
}

function howToUpload({ region, credentials }: S3Server, prompts: string): string {
  const { accessKeyId, secretAccessKey } = credentials;
  return `  curl -T sandbox/prompts/directions.mp3 --aws-sigv4 aws:amz:${region}:s3 --user ${accessKeyId}:${secretAccessKey} \\
    -H 'x-amz-content-sha256: UNSIGNED-PAYLOAD' ${prompts}menu.mp3
`;
}

/** A command for each kind of URL that the inspector shows. */
function howToAppend(rows: readonly Row[]): string {
  if (rows.length === 0) return '';
  const urls = new Map(rows.map(({ plays, media }) => [plays, media.url]));
  const commands = [...urls].map(([plays, url]) => {
    const appended = `${url}${url.includes('?') ? '&' : '?'}CallSid=CA1`.replaceAll("'", '%27');
    return `  # ${plays}\n  curl -so /dev/null -w '%{http_code}\\n' '${appended}'\n`;
  });
  return `Append a parameter to a URL by hand; without CallSid=CA1, each of them answers 200:\n${commands.join('')}`;
}

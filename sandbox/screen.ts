import { writeFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import colors from 'picocolors';
import { cutEnd, oneLine, plainTable } from '../cli/format';
import type { MediaEvent } from '../phone';
import { isAsExpected, NUMBER, type OwnRecording, type Row, servedBy } from './inspector';
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

/** Columns of the next table before its last one. */
const LAST_COLUMN = 48;

/** The recordings of a user's folder, and which of them the call flow names. */
export function recordingsTable(
  recordings: readonly OwnRecording[],
  isInFlow: (key: string) => boolean,
  width: number,
): string {
  const lines = plainTable(['served by', 'status', 'seconds', 'in the flow', 'prompt']);
  for (const { key, media } of recordings) {
    const served = media ? servedBy(media) : colors.red('said');
    const status = media ? statusOf(media) : '';
    const seconds = media?.durationSeconds?.toFixed(1) ?? '';
    const shown = cutEnd(oneLine(key), width - LAST_COLUMN);
    lines.push([served, status, seconds, isInFlow(key) ? 'yes' : 'no', shown]);
  }
  return lines.toString();
}

function statusOf({ status, s3ErrorCode }: MediaEvent): string {
  const text = [status ?? 'no answer', s3ErrorCode].filter(Boolean).join(' ');
  return status !== undefined && status < 300 ? colors.green(text) : colors.red(text);
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
export function whereToLook(sandbox: Sandbox, hasRows: boolean): string {
  const { publicOrigin, s3, variables, envFile, logFile, directory } = sandbox;
  const [log, env, folder] = [logFile, envFile, directory].map((file) =>
    relative(process.cwd(), file),
  );
  const { S3_BUCKET: bucket, S3_PREFIX: prefix = '' } = variables;
  const prompts = s3 ? `${s3.endpoint}/${bucket}/${prefix}` : `s3://${bucket}/${prefix}`;
  const lines = [
    `The sandbox calls       ${NUMBER} (not a real number)`,
    `It is answered at       ${publicOrigin}/voice (answers Twilio only)`,
    `The prompts are at      ${prompts}`,
    `Twilio's API is at      ${variables.TWILIO_API_URL}`,
    `The Functions log to    ${log}`,
    `Variables for commands  ${env}`,
    '',
    ...(hasRows
      ? [
          'Ask each kind of URL, and once more with a parameter appended:',
          `  sh ${folder}/${APPEND_SCRIPT}`,
        ]
      : []),
    ...(s3
      ? [
          "Replace a prompt by another MP3. S3's event calls /sync, as on AWS:",
          `  sh ${folder}/${REPLACE_SCRIPT} sandbox/prompts/goodbye.mp3 menu.mp3`,
          'Then call and press 1 and 9:',
        ]
      : [
          'Replace a prompt by another MP3, sync, then call and press 1 and 9:',
          `  npm run sync -- --env ${env}`,
        ]),
    `  npm run call -- --env ${env} --digits 1,9`,
    'A change of the call flow is heard after the next npm start.',
  ];
  return `\n${lines.join('\n')}`;
}

const APPEND_SCRIPT = 'append.sh';
const REPLACE_SCRIPT = 'replace.sh';

/** Writes the scripts that the screen names. They hold signed URLs and the key of the sandbox's S3. */
export function writeScripts({ directory, s3, variables }: Sandbox, rows: readonly Row[]): void {
  const write = (name: string, text: string) =>
    writeFileSync(join(directory, name), text, { mode: 0o600 });
  write(APPEND_SCRIPT, appendScript(rows));
  if (s3) write(REPLACE_SCRIPT, replaceScript(s3, variables));
}

/** Asks for a URL of each kind that the inspector shows, bare and with what Twilio could append. */
function appendScript(rows: readonly Row[]): string {
  const urls = new Map(rows.map(({ plays, media }) => [plays, media.url]));
  const asked = [...urls].flatMap(([plays, url]) => {
    const bare = url.replaceAll("'", '%27');
    const appended = `${bare}${bare.includes('?') ? '&' : '?'}CallSid=CA1`;
    return [`ask '${bare}' '${plays}'`, `ask '${appended}' '${plays} + CallSid=CA1'`];
  });
  return `# What each kind of URL answers, without and with an appended parameter.
ask() { printf '%s  %s\\n' "$(curl -so /dev/null -w '%{http_code}' "$1")" "$2"; }
${asked.join('\n')}
`;
}

function replaceScript(
  { endpoint, region, credentials }: S3Server,
  { S3_BUCKET: bucket, S3_PREFIX: prefix }: Sandbox['variables'],
): string {
  const { accessKeyId, secretAccessKey } = credentials;
  return `# Uploads an MP3 as a prompt: sh replace.sh my.mp3 menu.mp3
set -eu
curl -fsS -T "$1" --aws-sigv4 aws:amz:${region}:s3 --user ${accessKeyId}:${secretAccessKey} \\
  -H 'x-amz-content-sha256: UNSIGNED-PAYLOAD' -H 'content-type: audio/mpeg' "${endpoint}/${bucket}/${prefix}$2"
echo "Uploaded $1 as ${prefix}$2"
`;
}

import type { IncomingMessage } from 'node:http';
import { pipeline } from 'node:stream/promises';
import busboy from 'busboy';
import * as v from 'valibot';
import { invalid, tooLarge } from '../errors';
import type { Limits } from '../limits';
import type { Upload } from '../state/records';
import { readFields } from './form';

const Fields = v.object({
  Path: v.pipe(v.string(), v.nonEmpty()),
  Visibility: v.picklist(['public', 'protected', 'private']),
});

/**
 * Reads the multipart body of a new version: fields `Path` and `Visibility`, and the file `Content`
 * with its type. Throws 400 for anything else, 413 for a file over the limit.
 * https://www.twilio.com/docs/serverless/api/resource/asset-version
 */
export async function readUpload(request: IncomingMessage, limits: Limits): Promise<Upload> {
  const fields: Record<string, string> = {};
  let file: { content: Buffer; contentType: string } | undefined;
  let overflowed = false;

  const parser = open(request, limits);
  parser.on('field', (name, value) => {
    fields[name] = value;
  });
  parser.on('file', (name, stream, { mimeType }) => {
    const chunks: Buffer[] = [];
    // A broken upload breaks the part as well; the pipeline below reports it once.
    stream.on('error', () => {});
    stream.on('data', (chunk: Buffer) => chunks.push(chunk));
    stream.on('limit', () => {
      overflowed = true;
    });
    stream.on('end', () => {
      if (name === 'Content') file = { content: Buffer.concat(chunks), contentType: mimeType };
    });
  });
  try {
    await pipeline(request, parser);
  } catch (error) {
    throw invalid(`The upload is not a complete multipart form: ${String(error)}`);
  }

  if (overflowed) throw tooLarge(`Content must be at most ${limits.assetBytes} bytes.`);
  if (!file) throw invalid('Missing required parameter Content in the post body');
  const { Path, Visibility } = readFields(Fields, fields);
  return { path: Path, visibility: Visibility, ...file };
}

function open({ headers }: IncomingMessage, limits: Limits): busboy.Busboy {
  try {
    // A file as long as busboy's limit counts as truncated already.
    return busboy({ headers, limits: { fileSize: limits.assetBytes + 1, files: 1 } });
  } catch (error) {
    throw invalid(`The upload is not a multipart form: ${String(error)}`);
  }
}

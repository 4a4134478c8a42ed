import { createHash, randomUUID } from 'node:crypto';
import { createReadStream, createWriteStream } from 'node:fs';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';

export interface WrittenFile {
  readonly file: string;
  /** Bytes. */
  readonly size: number;
  /** Hexadecimal. */
  readonly md5: string;
}

/** Writes a stream to a new file of a folder, measuring it on the way. */
export async function writeFile(folder: string, content: Readable): Promise<WrittenFile> {
  const file = join(folder, randomUUID());
  const md5 = createHash('md5');
  let size = 0;
  const measure = async function* (chunks: AsyncIterable<Buffer>) {
    for await (const chunk of chunks) {
      md5.update(chunk);
      size += chunk.length;
      yield chunk;
    }
  };
  await pipeline(content, measure, createWriteStream(file));
  return { file, size, md5: md5.digest('hex') };
}

async function* contents(files: readonly WrittenFile[]): AsyncGenerator<Buffer> {
  for (const { file } of files) yield* createReadStream(file);
}

/** Writes files one after the other into a new one. */
export function joinFiles(folder: string, files: readonly WrittenFile[]): Promise<WrittenFile> {
  return writeFile(folder, Readable.from(contents(files)));
}

import { once } from 'node:events';
import { createServer } from 'node:http';
import { connect } from 'node:net';
import { describe, expect, it } from '@jest/globals';
import { startS3 } from '../../../sandbox/s3';
import { send, sign } from '../../helpers/sandbox/s3/raw-request';

describe('the S3 server', () => {
  it('listens on loopback and tells how to reach it', async () => {
    const s3 = await startS3({ buckets: ['prompts'] });
    expect(s3).toMatchObject({
      endpoint: expect.stringMatching(/^http:\/\/127\.0\.0\.1:\d+$/),
      region: 'us-east-1',
      credentials: { accessKeyId: 'AKIAIOSFODNN7EXAMPLE' },
    });
    expect(await send(s3.endpoint, { path: '/' })).toMatchObject({ status: 403 });
    await s3.stop();
  });

  it('cuts open connections when it stops, however often it is told to', async () => {
    const s3 = await startS3({ buckets: ['prompts'] });
    const socket = connect(Number(new URL(s3.endpoint).port), '127.0.0.1');
    await once(socket, 'connect');
    socket.write('GET /prompts/a.mp3 HTTP/1.1\r\nHost: localhost\r\n');
    const closed = new Promise((resolve) => socket.once('close', resolve).on('error', () => {}));
    await Promise.all([s3.stop(), s3.stop()]);
    await closed;
    await s3.stop();
    await expect(send(s3.endpoint, { path: '/' })).rejects.toThrow('ECONNREFUSED');
  });

  it('starts again at the same endpoint with the same objects', async () => {
    const s3 = await startS3({ buckets: ['prompts'] });
    s3.store.put('prompts', 'a.mp3', Buffer.from('a prompt'));
    await s3.stop();
    await s3.start();
    await s3.start();
    const request = sign(s3, { path: '/prompts/a.mp3' });
    expect(await send(s3.endpoint, request)).toMatchObject({ status: 200, body: 'a prompt' });
    await s3.stop();
  });

  it('does not start again on a port that was taken in the meantime, and may try later', async () => {
    const s3 = await startS3({ buckets: ['prompts'] });
    await s3.stop();
    const port = Number(new URL(s3.endpoint).port);
    const other = createServer().listen(port, '127.0.0.1');
    await once(other, 'listening');
    await expect(s3.start()).rejects.toThrow(
      `Port ${port} is taken. S3 can start again once it is free.`,
    );
    other.close();
    await once(other, 'close');
    await s3.start();
    expect(await send(s3.endpoint, { path: '/' })).toMatchObject({ status: 403 });
    await s3.stop();
  });

  it('runs beside others in one process, each with its own buckets, region and keys', async () => {
    const credentials = { accessKeyId: 'AKIDOTHER', secretAccessKey: 'another secret' };
    const first = await startS3({ buckets: ['prompts'] });
    const second = await startS3({ buckets: ['prompts'], region: 'eu-west-1', credentials });
    second.store.put('prompts', 'a.mp3', Buffer.from('a prompt'));
    const ask = (server: typeof first, signer: typeof first) =>
      send(server.endpoint, sign(signer, { path: '/prompts/a.mp3' }));
    expect(await ask(second, second)).toMatchObject({ status: 200 });
    expect(await ask(first, first)).toMatchObject({ status: 404 });
    expect(await ask(second, { ...second, credentials: first.credentials })).toMatchObject({
      status: 403,
      code: 'InvalidAccessKeyId',
    });
    await Promise.all([first.stop(), second.stop()]);
  });

  it.each([
    { buckets: ['Prompts'] },
    { buckets: ['../prompts'] },
    { buckets: ['prompts'], region: '' },
  ])('does not start with options that make no sense: %j', async (options) => {
    await expect(startS3(options)).rejects.toThrow(TypeError);
  });
});

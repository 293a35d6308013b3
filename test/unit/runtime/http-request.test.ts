import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { sendHttp } from '../../../functions/runtime/http-request.ts';

const closers: (() => void)[] = [];
afterEach(() => {
  for (const close of closers.splice(0)) close();
});

/** A plain server on loopback; its origin. */
const serve = async (listener: RequestListener): Promise<string> => {
  const server = createServer(listener);
  closers.push(() => {
    server.closeAllConnections();
    server.close();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
};
const limits = { timeoutMs: 5_000, maxBodyBytes: 100 };
const get = (origin: string, path = '/') => ({ method: 'GET' as const, origin, path, headers: {} });

describe('an HTTP request', () => {
  it('arrives with its path untouched, its headers and its body', async () => {
    let seen: unknown;
    const origin = await serve(async (request, response) => {
      const chunks = await request.toArray();
      seen = {
        method: request.method,
        url: request.url,
        header: request.headers.x,
        body: Buffer.concat(chunks).toString(),
      };
      response.writeHead(201).end('ü');
    });
    const path = '/api/policies/%2F/%2E%2E';
    const answer = await sendHttp({ method: 'PUT', origin, path, headers: { x: 'y' }, body: '{"é":1}' }, limits);
    expect(answer).toEqual({ status: 201, body: 'ü' });
    expect(seen).toEqual({ method: 'PUT', url: path, header: 'y', body: '{"é":1}' });
  });

  it('ends with ETIMEDOUT when nobody answers', async () => {
    const origin = await serve(() => {});
    await expect(sendHttp(get(origin), { ...limits, timeoutMs: 30 })).rejects.toMatchObject({ code: 'ETIMEDOUT' });
  });

  it('ends with EMSGSIZE when the answer is too long', async () => {
    const origin = await serve((_request, response) => response.end('x'.repeat(101)));
    await expect(sendHttp(get(origin), limits)).rejects.toMatchObject({ code: 'EMSGSIZE' });
  });

  it('ends with the code of the socket when nothing listens', async () => {
    await expect(sendHttp(get('http://127.0.0.1:1'), limits)).rejects.toMatchObject({ code: 'ECONNREFUSED' });
  });

  it('hands the body of a good answer over piece by piece, keeps that of another one, and ends with what is thrown', async () => {
    let status = 200;
    const origin = await serve((_request, response) => void response.writeHead(status).end('piece'));
    const pieces: string[] = [];
    const consume = (chunk: Buffer): void => void pieces.push(chunk.toString());
    expect(await sendHttp(get(origin), { ...limits, consume })).toEqual({ status: 200, body: '' });
    expect(pieces.join('')).toBe('piece');
    status = 404;
    expect(await sendHttp(get(origin), { ...limits, consume })).toEqual({ status: 404, body: 'piece' });
    status = 200;
    const refuse = (): never => {
      throw new TypeError('no row');
    };
    await expect(sendHttp(get(origin), { ...limits, consume: refuse })).rejects.toThrow('no row');
  });
});

import { text } from 'node:stream/consumers';
import { setImmediate as turn } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { memoryConnection } from '../../../../../simulator/world/broker/duplex-pair.ts';

describe('memoryConnection', () => {
  it('carries data both ways, in a later tick, and its end', async () => {
    const [client, server] = memoryConnection();
    client.write('one ');
    client.write('two ');
    expect(server.readableLength).toBe(0);
    client.end('three');
    server.end('answer');
    expect(await Promise.all([text(server), text(client)])).toEqual(['one two three', 'answer']);
  });

  it('holds back a writer whose reader does not read', async () => {
    const [client, server] = memoryConnection();
    let written = 0;
    for (let chunk = 0; chunk < 20; chunk++) client.write(Buffer.alloc(16_384), () => written++);
    await turn();
    expect(written).toBeLessThan(20);
    server.resume();
    await turn();
    await turn();
    expect(written).toBe(20);
  });

  it('ends for the other side when one is destroyed, and what is written then is lost without an error', async () => {
    const [client, server] = memoryConnection();
    let ended = false;
    client.on('end', () => {
      ended = true;
    });
    client.resume();
    server.destroy();
    await turn();
    client.write('into the void');
    await turn();
    expect(ended).toBe(true);
    expect(client.errored).toBeNull();
  });
});

import { Duplex, PassThrough } from 'node:stream';
import { describe, expect, it } from 'vitest';
import { openActive, probeEndpoints, probeLayers } from '../../../functions/brokers/broker-endpoints.ts';
import { fakeRuntime } from '../../support/fake-ports.ts';

const broker = {
  amqpEndpoints: [
    'amqp+ssl://b-1-1.mq.us-east-1.amazonaws.com:5671',
    'amqp+ssl://b-1-2.mq.us-east-1.amazonaws.com:5671',
  ],
};

/** A runtime whose connections end as told, in order: a stream, or the code of the socket's error. */
const connecting = (...answers: readonly (Duplex | string)[]) => {
  const asked: string[] = [];
  const remaining = [...answers];
  const runtime = fakeRuntime({
    connect: async ({ host, port }, timeoutMs) => {
      asked.push(`${host}:${port} ${timeoutMs}`);
      const answer = remaining.shift() ?? 'ECONNREFUSED';
      if (answer instanceof Duplex) return answer;
      throw Object.assign(new Error(`connect ${answer}`), { code: answer });
    },
  });
  return { runtime, asked };
};

describe('probeEndpoints', () => {
  it.each([
    ['accepts', ['ECONNREFUSED', new PassThrough()]],
    ['accepts', ['ETIMEDOUT', new PassThrough()]],
    ['refuses', ['ECONNREFUSED', 'ECONNREFUSED']],
    ['unreachable', ['ECONNREFUSED', 'ETIMEDOUT']],
    ['unreachable', ['ENOTFOUND', 'ECONNREFUSED']],
  ])('says "%s" after %j', async (state, answers) => {
    expect(await probeEndpoints(connecting(...answers).runtime, broker)).toBe(state);
  });

  it('says "none" for a broker without AMQP endpoints', async () => {
    expect(await probeEndpoints(fakeRuntime(), { amqpEndpoints: [] })).toBe('none');
  });

  it('closes the connection that it opened', async () => {
    const stream = new PassThrough();
    await probeEndpoints(connecting(stream).runtime, broker);
    expect(stream.destroyed).toBe(true);
  });
});

describe('openActive', () => {
  it('tries the endpoints in order, each with three seconds, and stops at the first that accepts', async () => {
    const stream = new PassThrough();
    const { runtime, asked } = connecting('ECONNREFUSED', stream);
    expect(await openActive(runtime, broker)).toEqual({ state: 'accepts', stream });
    expect(asked).toEqual(['b-1-1.mq.us-east-1.amazonaws.com:5671 3000', 'b-1-2.mq.us-east-1.amazonaws.com:5671 3000']);
  });

  it('calls an endpoint that is no address unreachable', async () => {
    expect(await openActive(fakeRuntime(), { amqpEndpoints: ['amqp'] })).toEqual({ state: 'unreachable' });
  });
});

/** A peer that answers what is written to it with the bytes given, or says nothing. */
const answering = (...bytes: readonly number[]): Duplex =>
  new Duplex({
    read: () => {},
    write(_chunk, _encoding, done) {
      if (bytes.length > 0) this.push(Buffer.from(bytes));
      done();
    },
  });
const amqp = () => answering(...Buffer.from('AMQP'), 3, 1, 0, 0);

describe('probeLayers', () => {
  it.each<[string, readonly (Duplex | string)[], string, string]>([
    ['the active one speaks AMQP', [amqp(), 'ECONNREFUSED'], 'accepts', 'amqp'],
    ['the second one is the active one', ['ECONNREFUSED', amqp()], 'accepts', 'amqp'],
    ['it answers something else', [answering(...Buffer.from('HTTP/1.1')), 'ECONNREFUSED'], 'accepts', 'tls'],
    ['it closes at once', [new PassThrough().end(), 'ECONNREFUSED'], 'accepts', 'tls'],
    ['the TLS handshake fails', ['ERR_TLS_CERT_ALTNAME_INVALID', 'ECONNREFUSED'], 'unreachable', 'tcp'],
    ['the TLS handshake takes too long', ['ERR_TLS_HANDSHAKE_TIMEOUT', 'ECONNREFUSED'], 'unreachable', 'tcp'],
    ['both refuse', ['ECONNREFUSED', 'ECONNREFUSED'], 'refuses', 'nothing'],
    ['one does not answer', ['ECONNREFUSED', 'ETIMEDOUT'], 'unreachable', 'nothing'],
  ])('tells how far the best endpoint opened when %s', async (_label, answers, state, opened) => {
    expect(await probeLayers(connecting(...answers).runtime, broker)).toEqual({ state, opened });
  });

  it('says "none" for a broker without AMQP endpoints', async () => {
    expect(await probeLayers(fakeRuntime(), { amqpEndpoints: [] })).toEqual({ state: 'none', opened: 'nothing' });
  });

  it('closes the connection that it opened', async () => {
    const stream = amqp();
    await probeLayers(connecting(stream).runtime, broker);
    expect(stream.destroyed).toBe(true);
  });
});

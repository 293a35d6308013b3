import { describe, expect, it } from 'vitest';
import { Dispatcher } from '../../../../simulator/api/dispatcher.ts';
import { listenHttp, PortInUseError } from '../../../../simulator/api/http-server.ts';
import type { ApiRequest } from '../../../../simulator/api/service.ts';
import { VirtualClock } from '../../../../simulator/clock/virtual-clock.ts';

const host = '127.0.0.1';
const authorization =
  'AWS4-HMAC-SHA256 Credential=k/20260101/us-east-1/states/aws4_request, SignedHeaders=host, Signature=x';
const signed = { authorization, 'x-amz-target': 'AWSStepFunctions.ListStateMachines' };

const withServer = async (
  body: (url: string, requests: ApiRequest[], port: number) => Promise<void>,
): Promise<void> => {
  const requests: ApiRequest[] = [];
  const dispatcher = new Dispatcher({
    clock: new VirtualClock({ startMs: 0 }),
    regions: ['us-east-1'],
    planCall: () => ({}),
    onApiCall: () => {},
    nextRequestId: () => 'request-1',
  });
  dispatcher.register({
    signingName: 'states',
    handle: async (request) => {
      requests.push(request);
      return { stateMachines: [] };
    },
  });
  const submit = async <T>(_name: string, run: () => Promise<T>): Promise<T> => await run();
  const endpoint = await listenHttp(dispatcher, { submit }, { host, port: 0 });
  try {
    await body(endpoint.url, requests, Number(new URL(endpoint.url).port));
  } finally {
    await endpoint.close();
  }
};

describe('listenHttp', () => {
  it('serves signed calls and answers with the request id', async () => {
    await withServer(async (url, requests) => {
      const response = await fetch(url, { method: 'POST', headers: signed, body: '{"maxResults":3}' });
      expect(response.status).toBe(200);
      expect(response.headers.get('x-amzn-requestid')).toBe('request-1');
      expect(await response.json()).toEqual({ stateMachines: [] });
      expect(requests).toEqual([
        { region: 'us-east-1', operation: 'ListStateMachines', input: { maxResults: 3 }, caller: undefined },
      ]);
    });
  });

  it.each<[string, RequestInit, number, string]>([
    ['without a signature', { method: 'POST', body: '{}' }, 403, 'MissingAuthenticationTokenException'],
    ['with another kind of signature', { headers: { authorization: 'Bearer x' } }, 403, 'IncompleteSignatureException'],
    [
      'for an unknown service',
      { headers: { authorization: authorization.replace('states', 'iam') } },
      400,
      'ServiceNotModelled',
    ],
    ['without a target', { method: 'POST', headers: { authorization } }, 400, 'UnknownOperationException'],
    ['for another API', { headers: { ...signed, 'x-amz-target': 'Other.List' } }, 400, 'UnknownOperationException'],
    ['with a body that is no JSON', { method: 'POST', headers: signed, body: '{' }, 400, 'SerializationException'],
    ['with a body that is no object', { method: 'POST', headers: signed, body: '[]' }, 400, 'SerializationException'],
    [
      'in an unknown encoding',
      { method: 'POST', headers: { ...signed, 'content-encoding': 'br' }, body: 'x' },
      415,
      'SerializationException',
    ],
  ])('refuses a call %s by name', async (_what, init, status, code) => {
    await withServer(async (url, requests) => {
      const response = await fetch(url, init);
      expect(response.status).toBe(status);
      const text = await response.text();
      expect(response.headers.get('x-amzn-errortype') ?? JSON.parse(text).__type).toBe(code);
      expect(requests).toEqual([]);
    });
  });

  it('bounds request bodies', async () => {
    await withServer(async (url, requests) => {
      const response = await fetch(url, { method: 'POST', headers: signed, body: 'x'.repeat(16 * 1024 * 1024 + 1) });
      expect(response.status).toBe(413);
      expect(requests).toEqual([]);
    });
  });

  it('names a port that is in use', async () => {
    await withServer(async (_url, _requests, port) => {
      const dispatcher = new Dispatcher({
        clock: new VirtualClock({ startMs: 0 }),
        regions: [],
        planCall: () => ({}),
        onApiCall: () => {},
        nextRequestId: () => 'x',
      });
      const second = listenHttp(dispatcher, { submit: async (_name, run) => await run() }, { host, port });
      await expect(second).rejects.toThrow(PortInUseError);
      await expect(second).rejects.toThrow(`${port}`);
    });
  });
});

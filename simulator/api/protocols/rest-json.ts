import type { Naming, OperationModel } from '../sdk-model.ts';
import { ApiFault } from '../service.ts';
import { decodeText } from '../wire-message.ts';
import { parseJsonObject } from './json-body.ts';
import { restProtocol } from './rest.ts';
import type { WireProtocol } from './wire-protocol.ts';

/** AWS REST-JSON (https://smithy.io/2.0/aws/protocols/aws-restjson1-protocol.html). */
export const restJson = (model: ReadonlyMap<string, OperationModel>, naming: Naming = 'wire'): WireProtocol =>
  restProtocol(model, {
    naming,
    requestIdHeader: 'x-amzn-requestid',
    contentType: 'application/json',
    unrouted: ({ method, path }) =>
      new ApiFault('NotFoundException', 404, `no operation is served at ${method} ${path}`),
    readBody: (body, payload) => {
      if (payload === undefined) return parseJsonObject(body);
      return { [payload.name]: payload.schema.isStructSchema() ? parseJsonObject(body) : decodeText(body) };
    },
    writeBody: (members) => JSON.stringify(members),
    writeFault: ({ code, message, details }) => ({
      headers: { 'x-amzn-errortype': code },
      body: JSON.stringify({ ...details, message }),
    }),
  });

import { type MemberModel, type OperationModel, structureMembers } from '../sdk-model.ts';
import { ApiFault } from '../service.ts';
import { encodeText } from '../wire-message.ts';
import { parseJsonObject } from './json-body.ts';
import type { WireProtocol } from './wire-protocol.ts';

interface Route {
  readonly operation: string;
  readonly method: string;
  readonly pattern: RegExp;
  /** Wire names of the path's labels, in order. */
  readonly labels: readonly string[];
  readonly queryMembers: readonly MemberModel[];
  readonly statusCode: number;
}

/** AWS REST-JSON with the routes of the SDK's own model (https://smithy.io/2.0/aws/protocols/aws-restjson1-protocol.html). */
export function restJson(model: ReadonlyMap<string, OperationModel>): WireProtocol {
  const routes = [...model.values()].map(toRoute);
  return {
    decode: (request) => {
      for (const route of routes) {
        const found = route.method === request.method ? route.pattern.exec(request.path) : null;
        if (found === null) continue;
        const input: Record<string, unknown> = { ...parseJsonObject(request.body) };
        route.labels.forEach((label, index) => {
          input[label] = decodeURIComponent(found[index + 1] ?? '');
        });
        for (const [name, value] of Object.entries(request.query)) input[name] = value;
        for (const { wireName, schema } of route.queryMembers) {
          if (schema.isNumericSchema() && input[wireName] !== undefined) input[wireName] = Number(input[wireName]);
        }
        return { operation: route.operation, input };
      }
      throw new ApiFault('NotFoundException', 404, `no operation is served at ${request.method} ${request.path}`);
    },
    encodeOutput: (operation, output, requestId) => ({
      statusCode: routes.find((route) => route.operation === operation)?.statusCode ?? 200,
      headers: { 'content-type': 'application/json', 'x-amzn-requestid': requestId },
      body: encodeText(JSON.stringify(output)),
    }),
    encodeFault: (fault, requestId) => ({
      statusCode: fault.statusCode,
      headers: { 'content-type': 'application/json', 'x-amzn-requestid': requestId, 'x-amzn-errortype': fault.code },
      body: encodeText(JSON.stringify({ ...fault.details, message: fault.message })),
    }),
  };
}

function toRoute(operation: OperationModel): Route {
  if (operation.http === undefined) throw new TypeError(`operation ${operation.name} has no HTTP binding`);
  const members = structureMembers(operation.input);
  const labels: string[] = [];
  const pattern = operation.http.pathTemplate.replace(/\{(\w+)\}/g, (_whole, name: string) => {
    labels.push(name.charAt(0).toLowerCase() + name.slice(1));
    return '([^/]+)';
  });
  return {
    operation: operation.name,
    method: operation.http.method,
    pattern: new RegExp(`^${pattern}/?$`),
    labels,
    queryMembers: members.filter((member) => member.schema.getMemberTraits().httpQuery !== undefined),
    statusCode: operation.http.statusCode,
  };
}

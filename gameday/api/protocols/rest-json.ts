import type { NormalizedSchema } from '@smithy/core/schema';
import { type MemberModel, type OperationModel, structureMembers } from '../sdk-model.ts';
import { ApiFault } from '../service.ts';
import { decodeText, encodeText, type WireRequest } from '../wire-message.ts';
import { parseJsonObject } from './json-body.ts';
import { scalarFromText } from './scalar-from-text.ts';
import type { WireProtocol } from './wire-protocol.ts';

interface Route {
  readonly operation: string;
  readonly method: string;
  readonly pattern: RegExp;
  /** Wire names of the path's labels, in order. */
  readonly labels: readonly string[];
  readonly queryMembers: readonly MemberModel[];
  readonly statusCode: number;
  /** Members that travel outside a JSON body. */
  readonly input: Bindings;
  readonly output: Bindings;
}

/** Where members of a structure travel that are not in its JSON body. */
interface Bindings {
  /** Member by header, in lower case. */
  readonly headers: ReadonlyMap<string, string>;
  /** The member that is the body itself, as raw text. */
  readonly payload: string | undefined;
}

export interface RestJsonOptions {
  /** How the service sees the names of path labels: as its model spells them, or in lower camel case like its bodies. */
  readonly labels: 'asModelled' | 'lowerCamel';
}

/** AWS REST-JSON with the routes of the SDK's own model (https://smithy.io/2.0/aws/protocols/aws-restjson1-protocol.html). */
export function restJson(
  model: ReadonlyMap<string, OperationModel>,
  options: RestJsonOptions = { labels: 'lowerCamel' },
): WireProtocol {
  const routes = [...model.values()].map((operation) => toRoute(operation, options));
  return {
    decode: (request) => {
      for (const route of routes) {
        const found = route.method === request.method ? route.pattern.exec(request.path) : null;
        if (found === null) continue;
        const input: Record<string, unknown> = readBody(request, route.input);
        route.labels.forEach((label, index) => {
          input[label] = decodeURIComponent(found[index + 1] ?? '');
        });
        // Names that the model does not know stay in the input, so that the request is refused for them.
        for (const [name, value] of Object.entries(request.query)) {
          const member = route.queryMembers.find(({ wireName }) => wireName === name);
          input[name] = member === undefined ? value : scalarFromText(member.schema, value);
        }
        return { operation: route.operation, input };
      }
      throw new ApiFault('NotFoundException', 404, `no operation is served at ${request.method} ${request.path}`);
    },
    encodeOutput: (operation, output, requestId) => {
      const route = routes.find((candidate) => candidate.operation === operation);
      const { headers = new Map<string, string>(), payload } = route?.output ?? {};
      return {
        statusCode: route?.statusCode ?? 200,
        headers: {
          'content-type': 'application/json',
          'x-amzn-requestid': requestId,
          ...Object.fromEntries(
            [...headers]
              .filter(([, member]) => output[member] !== undefined)
              .map(([header, member]) => [header, String(output[member])]),
          ),
        },
        body: encodeText(payload === undefined ? JSON.stringify(output) : String(output[payload] ?? '')),
      };
    },
    encodeFault: (fault, requestId) => ({
      statusCode: fault.statusCode,
      headers: { 'content-type': 'application/json', 'x-amzn-requestid': requestId, 'x-amzn-errortype': fault.code },
      body: encodeText(JSON.stringify({ ...fault.details, message: fault.message })),
    }),
  };
}

function readBody(request: WireRequest, { headers, payload }: Bindings): Record<string, unknown> {
  const members: Record<string, unknown> =
    payload === undefined ? { ...parseJsonObject(request.body) } : { [payload]: decodeText(request.body) };
  for (const [header, member] of headers) {
    if (request.headers[header] !== undefined) members[member] = request.headers[header];
  }
  return members;
}

function readBindings(structure: NormalizedSchema): Bindings {
  const headers = new Map<string, string>();
  let payload: string | undefined;
  for (const { wireName, schema } of structureMembers(structure)) {
    const { httpHeader, httpPayload } = schema.getMergedTraits();
    if (httpHeader !== undefined) headers.set(httpHeader.toLowerCase(), wireName);
    if (httpPayload !== undefined) payload = wireName;
  }
  return { headers, payload };
}

function toRoute(operation: OperationModel, options: RestJsonOptions): Route {
  if (operation.http === undefined) throw new TypeError(`operation ${operation.name} has no HTTP binding`);
  const members = structureMembers(operation.input);
  const labels: string[] = [];
  const pattern = operation.http.pathTemplate.replace(/\{(\w+)\}/g, (_whole, name: string) => {
    labels.push(options.labels === 'asModelled' ? name : name.charAt(0).toLowerCase() + name.slice(1));
    return '([^/]+)';
  });
  return {
    operation: operation.name,
    method: operation.http.method,
    pattern: new RegExp(`^${pattern}/?$`),
    labels,
    queryMembers: members.filter((member) => member.schema.getMemberTraits().httpQuery !== undefined),
    statusCode: operation.http.statusCode,
    input: readBindings(operation.input),
    output: readBindings(operation.output),
  };
}

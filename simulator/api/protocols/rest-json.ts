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
  /** Parameters that the query must have, with their values; they belong to no member. */
  readonly literals: ReadonlyMap<string, string>;
  /** The path's labels in order, by the names that the service sees. */
  readonly labels: readonly { readonly name: string; readonly schema: NormalizedSchema }[];
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
  /** The member that is the body itself: raw text, or JSON where it is a structure. */
  readonly payload: { readonly name: string; readonly isStructure: boolean } | undefined;
}

export interface RestJsonOptions {
  /** How the service sees members of path and query: as its model spells them, or in lower camel case like its bodies. */
  readonly names: 'asModelled' | 'lowerCamel';
}

const nameOf = (member: MemberModel, { names }: RestJsonOptions): string =>
  names === 'asModelled' ? member.name : member.wireName;

/** AWS REST-JSON with the routes of the SDK's own model (https://smithy.io/2.0/aws/protocols/aws-restjson1-protocol.html). */
export const restJson = (
  model: ReadonlyMap<string, OperationModel>,
  options: RestJsonOptions = { names: 'lowerCamel' },
): WireProtocol => {
  const routes = [...model.values()]
    .map((operation) => toRoute(operation, options))
    .sort((one, other) => other.literals.size - one.literals.size);
  return {
    decode: (request) => {
      for (const route of routes) {
        const found = fits(route, request) ? route.pattern.exec(request.path) : null;
        if (found === null) continue;
        const input: Record<string, unknown> = readBody(request, route.input);
        for (const [index, { name, schema }] of route.labels.entries()) {
          input[name] = scalarFromText(schema, decodeURIComponent(found[index + 1] ?? ''));
        }
        // Names that the model does not know stay in the input, so that the request is refused for them.
        for (const [name, value] of Object.entries(request.query)) {
          if (route.literals.has(name)) continue;
          const member = route.queryMembers.find(({ schema }) => schema.getMemberTraits().httpQuery === name);
          if (member === undefined) input[name] = value;
          else input[nameOf(member, options)] = scalarFromText(member.schema, value);
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
        body: encodeText(payload === undefined ? JSON.stringify(output) : String(output[payload.name] ?? '')),
      };
    },
    encodeFault: (fault, requestId) => ({
      statusCode: fault.statusCode,
      headers: { 'content-type': 'application/json', 'x-amzn-requestid': requestId, 'x-amzn-errortype': fault.code },
      body: encodeText(JSON.stringify({ ...fault.details, message: fault.message })),
    }),
  };
};

const fits = ({ method, literals }: Route, request: WireRequest): boolean =>
  method === request.method && [...literals].every(([name, value]) => request.query[name] === value);

const readBody = (request: WireRequest, { headers, payload }: Bindings): Record<string, unknown> => {
  const members: Record<string, unknown> = {};
  if (payload === undefined) Object.assign(members, parseJsonObject(request.body));
  else members[payload.name] = payload.isStructure ? parseJsonObject(request.body) : decodeText(request.body);
  for (const [header, member] of headers) {
    if (request.headers[header] !== undefined) members[member] = request.headers[header];
  }
  return members;
};

const readBindings = (structure: NormalizedSchema): Bindings => {
  const headers = new Map<string, string>();
  let payload: Bindings['payload'];
  for (const { wireName, schema } of structureMembers(structure)) {
    const { httpHeader, httpPayload } = schema.getMergedTraits();
    if (httpHeader !== undefined) headers.set(httpHeader.toLowerCase(), wireName);
    if (httpPayload !== undefined) payload = { name: wireName, isStructure: schema.isStructSchema() };
  }
  return { headers, payload };
};

const toRoute = (operation: OperationModel, options: RestJsonOptions): Route => {
  if (operation.http === undefined) throw new TypeError(`operation ${operation.name} has no HTTP binding`);
  const members = structureMembers(operation.input);
  const [path = '', query = ''] = operation.http.pathTemplate.split('?');
  const labels: { readonly name: string; readonly schema: NormalizedSchema }[] = [];
  const pattern = path.replace(/\{(\w+)\}/g, (_whole, label: string) => {
    const member = members.find(({ name }) => name === label);
    if (member === undefined) throw new TypeError(`operation ${operation.name} has no member ${label}`);
    labels.push({ name: nameOf(member, options), schema: member.schema });
    return '([^/]+)';
  });
  return {
    operation: operation.name,
    method: operation.http.method,
    pattern: new RegExp(`^${pattern}/?$`),
    literals: new Map(new URLSearchParams(query)),
    labels,
    queryMembers: members.filter((member) => member.schema.getMemberTraits().httpQuery !== undefined),
    statusCode: operation.http.statusCode,
    input: readBindings(operation.input),
    output: readBindings(operation.output),
  };
};

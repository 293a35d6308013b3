import { type MemberModel, memberName, type Naming, type OperationModel, structureMembers } from '../sdk-model.ts';
import type { ApiFault, Members } from '../service.ts';
import { encodeText, type WireRequest } from '../wire-message.ts';
import { scalarFromText } from './scalar-from-text.ts';
import type { WireProtocol } from './wire-protocol.ts';

/** Members that stand in front of an operation's path, and the path that is left. */
export interface Located {
  readonly path: string;
  readonly members: Members;
}

/** What two REST protocols do not share: how their bodies and errors are written. */
export interface RestFormat {
  /** How the service sees the names of members. */
  readonly naming: Naming;
  readonly requestIdHeader: string;
  /** Takes a path apart before it is compared with those of operations. */
  readonly locate?: (request: WireRequest) => Located;
  /** The answer to a request that no operation takes. */
  readonly unrouted: (request: WireRequest) => ApiFault;
  /** The members of a body, or what `payload` is where the whole body is one member. */
  readonly readBody: (body: Uint8Array, payload: MemberModel | undefined) => Members;
  /** The body of an answer, from the members that no header holds. */
  readonly writeBody: (members: Members, operation: OperationModel) => string;
  readonly contentType: string;
  readonly writeFault: (
    fault: ApiFault,
    requestId: string,
  ) => {
    readonly headers: Readonly<Record<string, string>>;
    readonly body: string;
  };
}

interface Route {
  readonly operation: OperationModel;
  readonly method: string;
  /** With a group for each label. */
  readonly path: RegExp;
  readonly labels: readonly MemberModel[];
  /** Parameters that the query must have, with their values; they belong to no member. */
  readonly literals: ReadonlyMap<string, string>;
  readonly statusCode: number;
}

/**
 * The HTTP bindings that AWS REST-JSON and REST-XML share, with the routes of the SDK's own model
 * (https://smithy.io/2.0/spec/http-bindings.html).
 */
export const restProtocol = (model: ReadonlyMap<string, OperationModel>, format: RestFormat): WireProtocol => {
  const routes = [...model.values()].map(toRoute).sort((one, other) => other.literals.size - one.literals.size);
  const nameOf = (member: MemberModel): string => memberName(member, format.naming);
  return {
    decode: (request) => {
      const { path, members } = format.locate?.(request) ?? { path: request.path, members: {} };
      for (const { operation, labels, literals, ...route } of routes) {
        const found = route.method === request.method ? route.path.exec(path) : null;
        if (found === null || [...literals].some(([name, value]) => request.query[name] !== value)) continue;
        const input: Record<string, unknown> = {
          ...surplusOf(operation, literals, request),
          ...members,
          ...format.readBody(request.body, payloadOf(operation.input)),
        };
        for (const [index, label] of labels.entries()) {
          input[nameOf(label)] = scalarFromText(label.schema, decodeURIComponent(found[index + 1] ?? ''));
        }
        for (const member of structureMembers(operation.input)) {
          const value = boundValue(member, request);
          if (value !== undefined) input[nameOf(member)] = value;
        }
        return { operation: operation.name, input };
      }
      throw format.unrouted(request);
    },
    encodeOutput: (name, output, requestId) => {
      const operation = model.get(name);
      if (operation === undefined) throw new TypeError(`no model is known for the operation ${name}`);
      const headers: Record<string, string> = { [format.requestIdHeader]: requestId };
      const rest: Record<string, unknown> = { ...output };
      for (const member of structureMembers(operation.output)) {
        const { httpHeader, httpPrefixHeaders } = member.schema.getMergedTraits();
        const value = output[nameOf(member)];
        if (httpHeader === undefined && httpPrefixHeaders === undefined) continue;
        delete rest[nameOf(member)];
        if (httpHeader !== undefined && value !== undefined) headers[httpHeader.toLowerCase()] = headerText(value);
        if (httpPrefixHeaders === undefined) continue;
        for (const [key, text] of Object.entries(value ?? {})) headers[`${httpPrefixHeaders}${key}`] = String(text);
      }
      const statusCode = operation.http?.statusCode ?? 200;
      const payload = payloadOf(operation.output);
      const content = payload === undefined ? format.writeBody(rest, operation) : output[nameOf(payload)];
      if (content instanceof Uint8Array) return { statusCode, headers, body: content, streamed: true };
      const body = encodeText(String(content ?? ''));
      const type: Record<string, string> = body.byteLength === 0 ? {} : { 'content-type': format.contentType };
      return { statusCode, headers: { ...type, ...headers }, body };
    },
    encodeFault: (fault, requestId) => {
      const { headers, body } = format.writeFault(fault, requestId);
      return {
        statusCode: fault.statusCode,
        headers: { 'content-type': format.contentType, [format.requestIdHeader]: requestId, ...headers },
        body: encodeText(body),
      };
    },
  };
};

const toRoute = (operation: OperationModel): Route => {
  if (operation.http === undefined) throw new TypeError(`operation ${operation.name} has no HTTP binding`);
  const { method, pathTemplate, statusCode } = operation.http;
  const [path = '', query = ''] = pathTemplate.split('?');
  const members = structureMembers(operation.input);
  const labels: MemberModel[] = [];
  const pattern = path.replace(/\{(\w+)(\+?)\}/g, (_whole, label: string, greedy: string) => {
    const member = members.find(({ name }) => name === label);
    if (member === undefined) throw new TypeError(`operation ${operation.name} has no member ${label}`);
    labels.push(member);
    return greedy === '' ? '([^/]+)' : '(.+)';
  });
  const literals = new Map(new URLSearchParams(query));
  return { operation, method, path: new RegExp(`^${pattern}/?$`), labels, literals, statusCode };
};

const payloadOf = (structure: OperationModel['input']): MemberModel | undefined =>
  structureMembers(structure).find(({ schema }) => schema.getMergedTraits().httpPayload !== undefined);

/** What a request says about a member in its query or its headers. */
const boundValue = ({ schema }: MemberModel, { query, headers }: WireRequest): unknown => {
  const { httpHeader, httpQuery, httpPrefixHeaders } = schema.getMergedTraits();
  if (httpPrefixHeaders !== undefined) {
    const found = Object.entries(headers).filter(([header]) => header.startsWith(httpPrefixHeaders));
    const entries = found.map(([header, value]) => [header.slice(httpPrefixHeaders.length), value]);
    return entries.length === 0 ? undefined : Object.fromEntries(entries);
  }
  const text =
    (httpHeader !== undefined ? headers[httpHeader.toLowerCase()] : undefined) ??
    (httpQuery !== undefined ? query[httpQuery] : undefined);
  return text === undefined ? undefined : scalarFromText(schema, text);
};

/** Headers of the transport and the signature, which belong to no operation. */
const transportHeaders: ReadonlySet<string> = new Set([
  'x-amz-content-sha256',
  'x-amz-date',
  'x-amz-decoded-content-length',
  'x-amz-security-token',
  'x-amz-trailer',
  'x-amz-user-agent',
]);

/** Parameters and headers that the operation does not have: they stay in the input, so that it is refused for them. */
const surplusOf = (
  operation: OperationModel,
  literals: Route['literals'],
  { query, headers }: WireRequest,
): Record<string, unknown> => {
  const known = new Set(['x-id', ...literals.keys()]);
  const prefixes: string[] = [];
  for (const { schema } of structureMembers(operation.input)) {
    const { httpHeader, httpQuery, httpPrefixHeaders } = schema.getMergedTraits();
    if (httpQuery !== undefined) known.add(httpQuery);
    if (httpHeader !== undefined) known.add(httpHeader.toLowerCase());
    if (httpPrefixHeaders !== undefined) prefixes.push(httpPrefixHeaders);
  }
  const names = [
    ...Object.keys(query),
    ...Object.keys(headers).filter((name) => name.startsWith('x-amz-') && !transportHeaders.has(name)),
  ];
  const surplus = names.filter((name) => !known.has(name) && !prefixes.some((prefix) => name.startsWith(prefix)));
  return Object.fromEntries(surplus.map((name) => [name, query[name] ?? headers[name]]));
};

const headerText = (value: unknown): string => (value instanceof Date ? value.toUTCString() : String(value));

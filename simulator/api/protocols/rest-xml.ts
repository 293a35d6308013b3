import type { NormalizedSchema } from '@smithy/core/schema';
import type { OperationModel } from '../sdk-model.ts';
import { ApiFault } from '../service.ts';
import { encodeText, type WireRequest } from '../wire-message.ts';
import { scalarFromText } from './scalar-from-text.ts';
import type { WireProtocol } from './wire-protocol.ts';
import { escapeXml } from './xml-text.ts';

interface Route {
  readonly operation: OperationModel;
  readonly method: string;
  /** Whether the path names an object in the bucket. */
  readonly hasKey: boolean;
  /** Parameters that the query must have, with their values where the model gives one. */
  readonly literals: readonly (readonly [name: string, value: string | null])[];
  readonly statusCode: number;
}

/**
 * AWS REST-XML as Amazon S3 speaks it, with the routes of the SDK's own model: the bucket stands in the host name or
 * first in the path (https://smithy.io/2.0/aws/protocols/aws-restxml-protocol.html,
 * https://docs.aws.amazon.com/AmazonS3/latest/userguide/VirtualHosting.html). Bodies that are XML are not read: the
 * operations that have them are not served.
 */
export const restXml = (model: ReadonlyMap<string, OperationModel>, namespace: string): WireProtocol => {
  const routes = [...model.values()].map(toRoute);
  return {
    decode: (request) => {
      const { bucket, key } = locate(request);
      const route = routes
        .filter((candidate) => fits(candidate, request, key))
        .toSorted((one, other) => other.literals.length - one.literals.length)[0];
      if (route === undefined) {
        throw new ApiFault('MethodNotAllowed', 405, `no operation is served at ${request.method} ${request.path}`);
      }
      const input = { ...surplusOf(route, request), ...readMembers(route.operation.input, request) };
      return {
        operation: route.operation.name,
        input: { ...(bucket !== undefined && { Bucket: bucket }), ...(key !== undefined && { Key: key }), ...input },
      };
    },
    encodeOutput: (operation, output, requestId) => {
      const route = routes.find((candidate) => candidate.operation.name === operation);
      const members = route === undefined ? [] : membersOf(route.operation.output);
      const headers: Record<string, string> = { 'x-amz-request-id': requestId };
      const elements: string[] = [];
      let payload: Uint8Array | undefined;
      for (const [name, schema] of members) {
        const { httpHeader, httpPayload, httpPrefixHeaders } = schema.getMergedTraits();
        const value = output[name];
        if (httpPrefixHeaders !== undefined) {
          for (const [key, text] of Object.entries(value ?? {})) headers[`${httpPrefixHeaders}${key}`] = String(text);
        } else if (httpPayload !== undefined && value instanceof Uint8Array) payload = value;
        else if (value === undefined) continue;
        else if (httpHeader !== undefined) headers[httpHeader.toLowerCase()] = headerText(value);
        else elements.push(toXml(name, value));
      }
      if (payload !== undefined) return { statusCode: 200, headers, body: payload, streamed: true };
      const root = route?.operation.output.getMergedTraits().xmlName ?? `${operation}Result`;
      const body = elements.length === 0 ? '' : `<${root} xmlns="${namespace}">${elements.join('')}</${root}>`;
      return {
        statusCode: route?.statusCode ?? 200,
        headers: { ...headers, ...(body !== '' && { 'content-type': 'application/xml' }) },
        body: encodeText(body),
      };
    },
    encodeFault: (fault, requestId) => {
      const members = { Code: fault.code, Message: fault.message, ...fault.details, RequestId: requestId };
      return {
        statusCode: fault.statusCode,
        headers: { 'content-type': 'application/xml', 'x-amz-request-id': requestId },
        body: encodeText(toXml('Error', members)),
      };
    },
  };
};

const toRoute = (operation: OperationModel): Route => {
  if (operation.http === undefined) throw new TypeError(`operation ${operation.name} has no HTTP binding`);
  const { method, pathTemplate, statusCode } = operation.http;
  const [path = '', query = ''] = pathTemplate.split('?');
  const literals = query
    .split('&')
    .filter((part) => part !== '')
    .map((part): readonly [string, string | null] => {
      const [name = '', value = null] = part.split('=');
      return [name, value];
    });
  return { operation, method, hasKey: path.includes('{Key+}'), literals, statusCode };
};

const fits = (route: Route, { method, query }: WireRequest, key: string | undefined): boolean =>
  route.method === method &&
  route.hasKey === (key !== undefined) &&
  route.literals.every(([name, value]) => query[name] !== undefined && (value === null || query[name] === value));

const virtualHost = /^(.+)\.s3[.-][a-z0-9.-]*amazonaws\.com(?::\d+)?$/;

const locate = ({ path, headers }: WireRequest): { readonly bucket?: string; readonly key?: string } => {
  const fromHost = virtualHost.exec(headers.host ?? '')?.[1];
  const [first = '', ...rest] = path.replace(/^\//, '').split('/').map(decodeURIComponent);
  const bucket = fromHost ?? first;
  const key = fromHost === undefined ? rest.join('/') : [first, ...rest].join('/');
  return { ...(bucket !== '' && { bucket }), ...(key !== '' && { key }) };
};

const membersOf = (structure: NormalizedSchema): readonly (readonly [string, NormalizedSchema])[] =>
  structure.isStructSchema() ? [...structure.structIterator()] : [];

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
const surplusOf = ({ operation, literals }: Route, { query, headers }: WireRequest): Record<string, unknown> => {
  const known = new Set(['x-id', ...literals.map(([name]) => name)]);
  const prefixes: string[] = [];
  for (const [, schema] of membersOf(operation.input)) {
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

/** Members of a request by their modelled names: headers, query parameters, and the content as bytes. */
const readMembers = (structure: NormalizedSchema, request: WireRequest): Record<string, unknown> => {
  const input: Record<string, unknown> = {};
  for (const [name, schema] of membersOf(structure)) {
    const { httpHeader, httpQuery, httpPayload, httpPrefixHeaders } = schema.getMergedTraits();
    if (httpPrefixHeaders !== undefined) {
      const found = Object.entries(request.headers).filter(([header]) => header.startsWith(httpPrefixHeaders));
      if (found.length > 0) {
        input[name] = Object.fromEntries(
          found.map(([header, value]) => [header.slice(httpPrefixHeaders.length), value]),
        );
      }
      continue;
    }
    if (httpPayload !== undefined && schema.isBlobSchema()) input[name] = request.body;
    const text =
      (httpHeader !== undefined ? request.headers[httpHeader.toLowerCase()] : undefined) ??
      (httpQuery !== undefined ? request.query[httpQuery] : undefined);
    if (text !== undefined) input[name] = scalarFromText(schema, text);
  }
  return input;
};

const headerText = (value: unknown): string => (value instanceof Date ? value.toUTCString() : String(value));

/** An element; a list is one element for each entry, as S3 writes its flattened lists. */
const toXml = (name: string, value: unknown): string => {
  if (Array.isArray(value)) return value.map((entry) => toXml(name, entry)).join('');
  const content = value instanceof Date ? value.toISOString() : value;
  if (typeof content === 'object' && content !== null) {
    const members = Object.entries(content).filter(([, member]) => member !== undefined);
    return `<${name}>${members.map(([member, entry]) => toXml(member, entry)).join('')}</${name}>`;
  }
  return `<${name}>${escapeXml(String(content))}</${name}>`;
};

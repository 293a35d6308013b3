import { HttpRequest } from '@smithy/core/protocols';
import type { NormalizedSchema } from '@smithy/core/schema';
import { namingOf } from '../../simulator/api/request-check.ts';
import { type MemberModel, memberName, type OperationModel, structureMembers } from '../../simulator/api/sdk-model.ts';
import type { SigningName } from '../../simulator/api/service-models.ts';

type Members = Readonly<Record<string, unknown>>;

/** A request as it goes over the wire; written apart from the SDK, which sends nothing that its model does not have. */
export interface RawRequest {
  readonly method: string;
  readonly path: string;
  readonly query: Readonly<Record<string, string>>;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

const targets: Readonly<Partial<Record<SigningName, readonly [target: string, version: string]>>> = {
  states: ['AWSStepFunctions', '1.0'],
  dynamodb: ['DynamoDB_20120810', '1.0'],
  monitoring: ['GraniteServiceVersion20100801', '1.0'],
  events: ['AWSEvents', '1.1'],
  secretsmanager: ['secretsmanager', '1.1'],
  ssm: ['AmazonSSM', '1.1'],
};

/** Where a member of a request travels. */
export type Location = 'label' | 'query' | 'header' | 'header prefix' | 'payload' | 'body';

export const locationOf = (service: SigningName, member: MemberModel | undefined): Location => {
  if (member === undefined) return 'body';
  if (targets[service] !== undefined || service === 'sns') return 'body';
  const { httpLabel, httpQuery, httpHeader, httpPayload, httpPrefixHeaders } = member.schema.getMergedTraits();
  if (httpLabel) return 'label';
  if (httpQuery !== undefined) return 'query';
  if (httpHeader !== undefined) return 'header';
  if (httpPrefixHeaders !== undefined) return 'header prefix';
  return httpPayload === undefined ? 'body' : 'payload';
};

/** Form fields of one member, https://smithy.io/2.0/aws/protocols/aws-query-protocol.html. */
const formEntries = (key: string, value: unknown, schema: NormalizedSchema | undefined): [string, string][] => {
  if (Array.isArray(value)) {
    return value.flatMap((item, index) => formEntries(`${key}.member.${index + 1}`, item, schema?.getValueSchema()));
  }
  if (typeof value !== 'object' || value === null) return [[key, String(value)]];
  if (schema?.isMapSchema()) {
    return Object.entries(value).flatMap(([name, item], index) => [
      [`${key}.entry.${index + 1}.key`, name],
      ...formEntries(`${key}.entry.${index + 1}.value`, item, schema.getValueSchema()),
    ]);
  }
  const members = schema === undefined ? [] : structureMembers(schema);
  return Object.entries(value).flatMap(([name, item]) =>
    formEntries(`${key}.${name}`, item, members.find((member) => member.name === name)?.schema),
  );
};

const restRequest = (
  service: SigningName,
  operation: OperationModel,
  input: Members,
): Omit<RawRequest, 'headers'> & {
  readonly memberHeaders: Readonly<Record<string, string>>;
} => {
  if (operation.http === undefined) throw new TypeError(`${operation.name} has no HTTP binding`);
  const [template = '', literals = ''] = operation.http.pathTemplate.split('?');
  const members = structureMembers(operation.input);
  const query: Record<string, string> = Object.fromEntries(new URLSearchParams(literals));
  const memberHeaders: Record<string, string> = {};
  const body: Record<string, unknown> = {};
  let path = template;
  let payload: string | undefined;
  let hasBody = false;
  for (const [name, value] of Object.entries(input)) {
    const member = members.find((candidate) => memberName(candidate, namingOf(service)) === name);
    const text = String(value);
    const { httpQuery, httpHeader } = member?.schema.getMergedTraits() ?? {};
    switch (locationOf(service, member)) {
      case 'label':
        path = path.replace(new RegExp(`\\{${member?.name}\\+?\\}`), encodeURIComponent(text));
        break;
      case 'query':
        query[String(httpQuery)] = text;
        break;
      case 'header':
        memberHeaders[String(httpHeader).toLowerCase()] = text;
        break;
      case 'payload':
        payload = member?.schema.isStructSchema() ? JSON.stringify(value) : text;
        break;
      default:
        body[name] = value;
        hasBody ||= member !== undefined;
    }
  }
  // What the operation has no body for can only stand in the query.
  const takesBody = members.some((member) => locationOf(service, member) === 'body');
  if (!takesBody) for (const [name, value] of Object.entries(body)) query[name] = String(value);
  return {
    method: operation.http.method,
    path: service === 's3' ? `/${String(input.Bucket)}/${String(input.Key)}` : path,
    query,
    memberHeaders,
    body: payload ?? (takesBody || hasBody ? JSON.stringify(body) : ''),
  };
};

/** A request of `operation`, its members named as the service sees them, signed for a Region but for no one. */
export const rawRequest = (
  service: SigningName,
  operation: OperationModel,
  input: Members,
  region: string,
): HttpRequest => {
  const headers = {
    host: `${service}.${region}.example.com`,
    authorization: `AWS4-HMAC-SHA256 Credential=test/20260302/${region}/${service}/aws4_request, SignedHeaders=host, Signature=0`,
  };
  const target = targets[service];
  if (target !== undefined) {
    return new HttpRequest({
      method: 'POST',
      path: '/',
      headers: {
        ...headers,
        'content-type': `application/x-amz-json-${target[1]}`,
        'x-amz-target': `${target[0]}.${operation.name}`,
      },
      body: JSON.stringify(input),
    });
  }
  if (service === 'sns') {
    const members = structureMembers(operation.input);
    const form = Object.entries(input).flatMap(([name, value]) =>
      formEntries(name, value, members.find((member) => member.name === name)?.schema),
    );
    const body = new URLSearchParams([['Action', operation.name], ['Version', '2010-03-31'], ...form]).toString();
    return new HttpRequest({ method: 'POST', path: '/', headers, body });
  }
  const { memberHeaders, ...rest } = restRequest(service, operation, input);
  return new HttpRequest({ ...rest, query: { ...rest.query }, headers: { ...headers, ...memberHeaders } });
};

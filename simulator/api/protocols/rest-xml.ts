import type { OperationModel } from '../sdk-model.ts';
import { ApiFault } from '../service.ts';
import type { WireRequest } from '../wire-message.ts';
import { type Located, restProtocol } from './rest.ts';
import type { WireProtocol } from './wire-protocol.ts';
import { escapeXml } from './xml-text.ts';

/**
 * AWS REST-XML as Amazon S3 speaks it: the bucket stands in the host name or first in the path
 * (https://smithy.io/2.0/aws/protocols/aws-restxml-protocol.html,
 * https://docs.aws.amazon.com/AmazonS3/latest/userguide/VirtualHosting.html). Bodies that are XML are not read: the
 * operations that have them are not served.
 */
export const restXml = (model: ReadonlyMap<string, OperationModel>, namespace: string): WireProtocol =>
  restProtocol(model, {
    naming: 'modelled',
    requestIdHeader: 'x-amz-request-id',
    contentType: 'application/xml',
    locate,
    unrouted: ({ method, path }) =>
      new ApiFault('MethodNotAllowed', 405, `no operation is served at ${method} ${path}`),
    readBody: (body, payload) => (payload?.schema.isBlobSchema() ? { [payload.name]: body } : {}),
    writeBody: (members, { name, output }) => {
      const elements = Object.entries(members).map(([member, value]) => toXml(member, value));
      const root = output.getMergedTraits().xmlName ?? `${name}Result`;
      return elements.length === 0 ? '' : `<${root} xmlns="${namespace}">${elements.join('')}</${root}>`;
    },
    writeFault: ({ code, message, details }, requestId) => ({
      headers: {},
      body: toXml('Error', { Code: code, Message: message, ...details, RequestId: requestId }),
    }),
  });

const virtualHost = /^(.+)\.s3[.-][a-z0-9.-]*amazonaws\.com(?::\d+)?$/;

const locate = ({ path, headers }: WireRequest): Located => {
  const fromHost = virtualHost.exec(headers.host ?? '')?.[1];
  const [first = '', ...rest] = path.replace(/^\//, '').split('/');
  const bucket = fromHost ?? decodeURIComponent(first);
  const key = (fromHost === undefined ? rest : [first, ...rest]).join('/');
  return { path: `/${key}`, members: bucket === '' ? {} : { Bucket: bucket } };
};

/** An element; a list is one element for each entry, as S3 writes its flattened lists; nothing for a missing value. */
const toXml = (name: string, value: unknown): string => {
  if (value === undefined) return '';
  if (Array.isArray(value)) return value.map((entry) => toXml(name, entry)).join('');
  const content = value instanceof Date ? value.toISOString() : value;
  if (typeof content === 'object' && content !== null) {
    const members = Object.entries(content).map(([member, entry]) => toXml(member, entry));
    return `<${name}>${members.join('')}</${name}>`;
  }
  return `<${name}>${escapeXml(String(content))}</${name}>`;
};

import { createPrivateKey, generateKeyPairSync, sign } from 'node:crypto';

/* Just enough of X.509 (RFC 5280, in DER) for a server on loopback: Node makes keys, and no certificates. */

const tlv = (tag: number, ...parts: readonly Buffer[]): Buffer => {
  const body = Buffer.concat(parts);
  const { length } = body;
  const size = length < 0x80 ? [length] : length < 0x100 ? [0x81, length] : [0x82, length >> 8, length & 0xff];
  return Buffer.concat([Buffer.from([tag, ...size]), body]);
};
const sequence = (...parts: readonly Buffer[]): Buffer => tlv(0x30, ...parts);
const bits = (value: Buffer): Buffer => tlv(0x03, Buffer.from([0]), value);
const identifier = (hex: string): Buffer => tlv(0x06, Buffer.from(hex, 'hex'));
const time = (atMs: number): Buffer =>
  tlv(0x17, Buffer.from(`${new Date(atMs).toISOString().slice(2, 19).replaceAll(/[-:T]/g, '')}Z`));

const ecdsaWithSha256 = sequence(identifier('2a8648ce3d040302'));
const commonName = identifier('550403');
const subjectAlternativeName = identifier('551d11');
const dayMs = 86_400_000;

/** A new key, and a certificate of its own for 127.0.0.1, valid from yesterday to tomorrow; both as PEM. */
export const loopbackCertificate = (): { readonly key: string; readonly cert: string } => {
  const { publicKey, privateKey } = generateKeyPairSync('ec', {
    namedCurve: 'P-256',
    publicKeyEncoding: { type: 'spki', format: 'der' },
    privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
  });
  const name = sequence(tlv(0x31, sequence(commonName, tlv(0x0c, Buffer.from('loopback')))));
  const address = sequence(tlv(0x87, Buffer.from([127, 0, 0, 1])));
  const content = sequence(
    tlv(0xa0, tlv(0x02, Buffer.from([2]))),
    tlv(0x02, Buffer.from([1])),
    ecdsaWithSha256,
    name,
    sequence(time(Date.now() - dayMs), time(Date.now() + dayMs)),
    name,
    publicKey,
    tlv(0xa3, sequence(sequence(subjectAlternativeName, tlv(0x04, address)))),
  );
  const signature = sign('sha256', content, createPrivateKey(privateKey));
  const encoded = sequence(content, ecdsaWithSha256, bits(signature)).toString('base64');
  return { key: privateKey, cert: `-----BEGIN CERTIFICATE-----\n${encoded}\n-----END CERTIFICATE-----\n` };
};

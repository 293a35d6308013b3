/** Halves of a surrogate pair in Java's modified UTF-8, three bytes each, and its two bytes for the character 0. */
const javaOnly = /\xed[\xa0-\xaf][\x80-\xbf]\xed[\xb0-\xbf][\x80-\xbf]|\xc0\x80/g;

/**
 * The bytes of a text in UTF-8. The broker gives STOMP clients the bytes of a JMS client's text as it stores them, in Java's
 * modified UTF-8. Undefined for a text in which the client library has replaced what it could not read.
 */
export const plainUtf8 = (body: string | Uint8Array): Uint8Array | undefined => {
  if (typeof body === 'string') return body.includes('\ufffd') ? undefined : Buffer.from(body);
  const bytes = Buffer.from(body).toString('latin1');
  const plain = bytes.replace(javaOnly, (found) => {
    if (found.length === 2) return '\0';
    const unit = (at: number): number =>
      ((found.charCodeAt(at) & 0x0f) << 12) |
      ((found.charCodeAt(at + 1) & 0x3f) << 6) |
      (found.charCodeAt(at + 2) & 0x3f);
    return Buffer.from(String.fromCharCode(unit(0), unit(3))).toString('latin1');
  });
  return Buffer.from(plain, 'latin1');
};

/** An HTTP request as far as an AWS protocol reads it, whichever way it came in. */
export interface WireRequest {
  readonly method: string;
  /** Path without the query, still percent-encoded. */
  readonly path: string;
  readonly query: Readonly<Record<string, string>>;
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Uint8Array;
}

/** The answer to a {@link WireRequest}. */
export interface WireResponse {
  readonly statusCode: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Uint8Array;
  /** Whether a client reads the body as a stream, as it does with an object's content. */
  readonly streamed?: boolean;
}

const encoder = new TextEncoder();
const decoder = new TextDecoder();

/** UTF-8 bytes of a body. */
export const encodeText = (text: string): Uint8Array => encoder.encode(text);

/** A body's bytes read as UTF-8. */
export const decodeText = (bytes: Uint8Array): string => decoder.decode(bytes);

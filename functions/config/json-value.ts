/** A value that JSON can hold, as policy definitions and queue arguments do. */
export type JsonValue = string | number | boolean | null | readonly JsonValue[] | { readonly [key: string]: JsonValue };

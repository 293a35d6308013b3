/** Texts by key, such as the objects of the report bucket; errors are those of `ObjectStore`. */
export interface TextStore {
  /** Stores a text, in place of an older one. */
  put(key: string, text: string): Promise<void>;
  /** The text under a key, if there is one. */
  get(key: string): Promise<string | undefined>;
}

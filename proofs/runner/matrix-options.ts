/** What a matrix of cases may be limited to. */
export interface MatrixOptions {
  /** Machines to prove; all of them unless given. */
  readonly machines?: readonly string[] | undefined;
  readonly onProgress?: (done: number, of: number) => void;
}

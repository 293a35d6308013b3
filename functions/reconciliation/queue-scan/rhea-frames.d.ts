/** The part of rhea's frames that its typings leave out of the package's main entry. */
declare module 'rhea/lib/frames.js' {
  const frames: {
    disposition(fields: {
      readonly role: boolean;
      readonly first: number;
      readonly last: number;
      readonly settled: boolean;
      readonly state: unknown;
    }): { readonly value: unknown[] };
  };
  export default frames;
}

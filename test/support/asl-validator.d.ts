/** asl-validator ships no types: https://www.npmjs.com/package/asl-validator */
declare module 'asl-validator' {
  export default function aslValidator(definition: unknown): {
    readonly isValid: boolean;
    readonly errorsText: (separator?: string) => string;
  };
}

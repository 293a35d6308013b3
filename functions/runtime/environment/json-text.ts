import { readFileSync } from 'node:fs';
import * as z from 'zod/mini';
import '../schema-problems.ts';

/** A file's content where a URL names one, or the text itself. */
const readText = (text: string): string => (text.startsWith('file:') ? readFileSync(new URL(text), 'utf8') : text);

/**
 * JSON text, or the URL of a file that holds it: Lambda allows 4 KiB for all variables of a function together
 * (https://docs.aws.amazon.com/lambda/latest/dg/configuration-envvars.html), and a few pairs fill that.
 */
export const jsonText = z.pipe(
  z.string(),
  z.transform((text, context): unknown => {
    try {
      return JSON.parse(readText(text));
    } catch (error) {
      const unread = error instanceof Error && 'code' in error;
      context.issues.push({
        code: 'custom',
        message: unread ? `cannot be read: ${error.message}` : 'is not JSON',
        input: text,
      });
      return z.NEVER;
    }
  }),
);

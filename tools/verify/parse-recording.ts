import * as z from 'zod';
import type { Recording } from './recording.ts';
import { VerifyError } from './verify-error.ts';

const callSchema = z.strictObject({
  atMs: z.number(),
  service: z.string(),
  operation: z.string(),
  region: z.string(),
  of: z.enum(['primary', 'replica']),
  request: z.unknown(),
  answer: z.unknown().optional(),
  error: z.strictObject({ name: z.string(), message: z.string(), status: z.number().nullable() }).optional(),
});

const observationSchema = z.strictObject({
  id: z.string(),
  question: z.string(),
  expected: z.string(),
  needs: z.enum(['reads', 'a write', 'a situation']),
  how: z.string(),
  verdict: z.enum(['as expected', 'different', 'not shown']),
  seen: z.string(),
});

const recordingSchema = z.strictObject({
  version: z.literal(1),
  recordedAt: z.iso.datetime(),
  regions: z.strictObject({ primary: z.string(), replica: z.string() }),
  observations: z.array(observationSchema),
  calls: z.array(callSchema),
});

const parseJson = (text: string, file: string): unknown => {
  try {
    return JSON.parse(text);
  } catch {
    throw new VerifyError(`${file} is not JSON: give a file that verify:aws has written`);
  }
};

/** Reads a recording again. @throws VerifyError when the text is none */
export const parseRecording = (text: string, file: string): Recording => {
  const parsed = recordingSchema.safeParse(parseJson(text, file));
  if (parsed.success) return parsed.data as Recording;
  const [first] = parsed.error.issues;
  throw new VerifyError(`${file} is no recording of this version: ${first?.path.join('.')}: ${first?.message}`);
};

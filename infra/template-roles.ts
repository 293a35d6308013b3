import * as z from 'zod';
import type { Policy } from './grants/function-policy.ts';
import type { DocumentedRole } from './iam-document.ts';

const texts = z.union([z.string(), z.array(z.string())]).transform((value): readonly string[] => [value].flat());

const policySchema = z.object({
  Version: z.literal('2012-10-17'),
  Statement: z.array(
    z.strictObject({
      Sid: z.string(),
      Effect: z.enum(['Allow', 'Deny']),
      Action: texts,
      Resource: texts,
      Condition: z.record(z.string(), z.record(z.string(), z.unknown())).optional(),
    }),
  ),
});

const roleSchema = z.object({
  RoleName: z.string(),
  Policies: z.array(z.object({ PolicyDocument: policySchema })).default([]),
});

const templateSchema = z.object({
  Resources: z.record(z.string(), z.object({ Type: z.string(), Properties: z.unknown() })),
});

/** Roles of a synthesised template, by their physical names. @throws ZodError for policies of another form than ours */
export const rolesOf = (template: unknown): readonly DocumentedRole[] =>
  Object.values(templateSchema.parse(template).Resources)
    .filter(({ Type }) => Type === 'AWS::IAM::Role')
    .map(({ Properties }) => roleSchema.parse(Properties))
    .map(({ RoleName, Policies }) => ({
      name: RoleName,
      policies: Policies.map(({ PolicyDocument }) => PolicyDocument as Policy),
    }));

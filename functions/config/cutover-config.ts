import * as z from 'zod/mini';

const regionSchema = z
  .string()
  .check(z.regex(/^[a-z]{2}(-[a-z]+)+-\d$/, 'expected the name of a Region, such as us-west-2'));

/** https://docs.aws.amazon.com/lambda/latest/api/API_Invoke.html: a function's full ARN, with or without an alias. */
const functionArn = z
  .string()
  .check(
    z.regex(
      /^arn:aws[a-z-]*:lambda:[a-z0-9-]+:\d{12}:function:[A-Za-z0-9-_]+(:[A-Za-z0-9-_$]+)?$/,
      'expected the ARN of a Lambda function',
    ),
  );

/**
 * A function for each Region. It must be in that Region itself: what is called during a cutover may not live in the
 * Region that was lost.
 */
const functionOfRegion = z.record(regionSchema, functionArn).check(
  z.superRefine((functions, context) => {
    for (const [region, arn] of Object.entries(functions)) {
      const found = arn.split(':')[3];
      if (found === undefined || found === region) continue;
      context.addIssue({
        code: 'custom',
        path: [region],
        message: `must be a function in ${region} itself, not ${arn}`,
      });
    }
  }),
);

/**
 * https://docs.aws.amazon.com/systems-manager/latest/APIReference/API_PutParameter.html: letters, digits and `._-/`, not
 * beginning with aws or ssm, at most 1,011 characters of which an ARN's beginning takes some.
 */
const parameterName = z
  .string()
  .check(
    z.maxLength(900),
    z.regex(/^(?!\/?(aws|ssm))\/?[A-Za-z0-9_.-]+(\/[A-Za-z0-9_.-]+)*$/i, 'expected the name of an SSM parameter'),
  );

/** What a promotion does around the brokers: consumers, the published endpoint and the fence of the old primary. */
export const cutoverSchema = z.strictObject({
  /** `hold`: the promoted Region's consumers stand still from before the promotion until it has been reconciled. */
  consumers: z._default(z.enum(['hold', 'live']), 'live'),
  /** Ids of the Lambda event-source mappings that consume from the broker of each Region. */
  holdMappings: z._default(z.record(regionSchema, z.array(z.guid())), {}),
  /** The team's own function for each Region, for consumers that are no event-source mappings. */
  holdFunctionArn: z._default(functionOfRegion, {}),
  /** SSM parameter of each Region that names the endpoint to use. */
  endpointParameter: z._default(z.record(regionSchema, parameterName), {}),
  /** The team's function that keeps the clients of a Region away from its broker. */
  fencingFunctionArn: z._default(functionOfRegion, {}),
});

export type CutoverConfig = z.output<typeof cutoverSchema>;

/** The settings of a pair that has none: consumers stay live, nothing is published but the event, nothing is fenced. */
export const cutoverOf = (pair: { readonly cutover?: CutoverConfig | undefined }): CutoverConfig =>
  pair.cutover ?? cutoverSchema.parse({});

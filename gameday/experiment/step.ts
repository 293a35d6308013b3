import type * as z from 'zod';
import type { Json } from '../../simulator/engine/expression/json.ts';
import type { ExperimentContext } from './context.ts';
import type { ScenarioProblem } from './scenario/problems.ts';
import type { ScenarioOutline } from './scenario/schema.ts';

/** What a probe saw, and whether that is what was hoped for. */
export interface ProbeResult {
  readonly met: boolean;
  /** One sentence: what was expected and what was found. */
  readonly finding: string;
  readonly evidence: Json;
}

interface Kind<S extends z.ZodType, R> {
  /** The name by which scenario files call it. */
  readonly kind: string;
  /** The step's own fields, without `action`, `probe` and `name`. Strict. */
  readonly schema: S;
  /** One line for people, when the step has no name of its own. */
  describe(step: z.infer<S>): string;
  /** What the outline of the scenario must hold for this step: named pairs, faults, runs. */
  check?(step: z.infer<S>, scenario: ScenarioOutline): readonly ScenarioProblem[];
  run(context: ExperimentContext, step: z.infer<S>): Promise<R>;
}

/** A kind of action: it changes something, and answers what it did. */
export type ActionKind<S extends z.ZodType> = Kind<S, Json>;
/** A kind of probe: it looks, and changes nothing. */
export type ProbeKind<S extends z.ZodType> = Kind<S, ProbeResult>;

/** A step of a scenario that has been checked and can be run. */
export interface Step<R> {
  readonly type: 'action' | 'probe';
  readonly kind: string;
  readonly name: string;
  /** The step as the file has it, for the journal. */
  readonly source: Json;
  /** Whether the method goes on where it fails: what is asked for may be impossible in the trouble of the moment. */
  readonly mayFail: boolean;
  run(context: ExperimentContext): Promise<R>;
}

/** A kind with its schema hidden, as registries hold it. */
export interface AnyKind<R> {
  readonly kind: string;
  /** Checks the fields of one step. Paths of problems are relative to the step. */
  prepare(
    fields: Readonly<Record<string, unknown>>,
    scenario: ScenarioOutline,
  ):
    | { readonly step: PreparedStep<R> }
    | { readonly problems: readonly ScenarioProblem[]; readonly error?: z.ZodError };
  readonly schema: z.ZodType;
}

/** A checked step without its place in the file. */
export interface PreparedStep<R> {
  readonly description: string;
  run(context: ExperimentContext): Promise<R>;
}

const hide = <S extends z.ZodType, R>(kind: Kind<S, R>): AnyKind<R> => ({
  kind: kind.kind,
  schema: kind.schema,
  prepare: (fields, scenario) => {
    const parsed = kind.schema.safeParse(fields, { reportInput: true });
    if (!parsed.success) return { problems: [], error: parsed.error };
    const problems = kind.check?.(parsed.data, scenario) ?? [];
    if (problems.length > 0) return { problems };
    return {
      step: {
        description: kind.describe(parsed.data),
        run: async (context) => await kind.run(context, parsed.data),
      },
    };
  },
});

/** Declares a kind of action; add it to `actions/registry.ts`. */
export const defineAction = <S extends z.ZodType>(kind: ActionKind<S>): AnyKind<Json> => hide(kind);

/** Declares a kind of probe; add it to `probes/registry.ts`. */
export const defineProbe = <S extends z.ZodType>(kind: ProbeKind<S>): AnyKind<ProbeResult> => hide(kind);

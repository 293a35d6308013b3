import type { ChoiceState } from '../../definition/definition.ts';
import { StateFailure } from '../state-failure.ts';
import type { StateResult, StateScope } from '../state-scope.ts';

/**
 * https://states-language.net/spec.html#choice-state. The first rule that is true decides, with its own Assign and
 * Output; those of the state itself belong to Default.
 */
export const runChoice = async (scope: StateScope<ChoiceState>): Promise<StateResult> => {
  const { state, frame } = scope;
  for (const [index, rule] of state.Choices.entries()) {
    const field = `Choices[${index}]/Condition`;
    const condition = await scope.evaluate(rule.Condition, field);
    if (typeof condition !== 'boolean') throw scope.wrongType(rule.Condition, field, 'boolean', condition);
    if (!condition) continue;
    return {
      ...(await scope.complete(rule, frame.input, {}, `Choices[${index}]/`)),
      transition: { label: `Choice ${index}`, next: rule.Next },
    };
  }
  if (state.Default === undefined) {
    throw new StateFailure(
      'States.NoChoiceMatched',
      `An error occurred while executing the state '${frame.stateName}' (entered at the event id #${frame.enteredEventId}). ` +
        'No choice rule is true and there is no Default.',
    );
  }
  return {
    ...(await scope.complete(state, frame.input)),
    transition: { label: 'Default', next: state.Default },
  };
};

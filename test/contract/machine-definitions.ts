import type { StageTemplate } from '../lib/stage-template.ts';

export interface Retry {
  readonly ErrorEquals: readonly string[];
  readonly IntervalSeconds: number;
  readonly MaxAttempts: number;
  readonly BackoffRate: number;
  readonly MaxDelaySeconds?: number;
}

interface State {
  readonly Type: string;
  readonly Error?: string;
  readonly TimeoutSeconds?: number;
  readonly Retry?: readonly Retry[];
  readonly Catch?: readonly { readonly ErrorEquals: readonly string[] }[];
  readonly ItemProcessor?: Block;
}

interface Block {
  readonly TimeoutSeconds?: number;
  readonly States: Readonly<Record<string, State>>;
}

/** The state machine of one capability, such as `KeyRollout`. */
export interface Machine {
  readonly definition: Block;
  /** Every state, those inside maps too. */
  readonly states: ReadonlyMap<string, State>;
  /** The one state of this name; throws if there is none. */
  state(name: string): State;
  /** What a state does about an error; throws if it does not retry it. */
  retryOf(name: string, error: string): Retry;
}

export function machineOf(template: StageTemplate, capability: string): Machine {
  const { properties } = template.one(`Automation${capability}Machine`, 'AWS::StepFunctions::StateMachine');
  const definition = JSON.parse(resolved(properties.DefinitionString)) as Block;
  const states = new Map(statesIn(definition));
  const state = (name: string): State => {
    const found = states.get(name);
    if (found === undefined) throw new Error(`there is no state '${name}'`);
    return found;
  };
  return {
    definition,
    states,
    state,
    retryOf: (name, error) => {
      const found = state(name).Retry?.find(({ ErrorEquals }) => ErrorEquals.includes(error));
      if (found === undefined) throw new Error(`'${name}' does not retry ${error}`);
      return found;
    },
  };
}

const statesIn = ({ States }: Block): readonly (readonly [string, State])[] =>
  Object.entries(States).flatMap(([name, state]) => [
    [name, state],
    ...(state.ItemProcessor === undefined ? [] : statesIn(state.ItemProcessor)),
  ]);

/** The definition as AWS will see it, with a stand-in for every value that only deployment knows. */
const resolved = (value: unknown): string => {
  const { 'Fn::Join': join } = value as { readonly 'Fn::Join': readonly [string, readonly unknown[]] };
  return join[1]
    .map((part) => {
      if (typeof part === 'string') return part;
      if ('Ref' in (part as object)) {
        const { Ref } = part as { readonly Ref: string };
        return Ref === 'AWS::Partition' ? 'aws' : `arn:aws:sns:us-west-2:111122223333:${Ref}`;
      }
      const { 'Fn::GetAtt': attribute } = part as { readonly 'Fn::GetAtt': readonly [string, string] };
      return `arn:aws:lambda:us-west-2:111122223333:function:${attribute[0]}`;
    })
    .join(join[0]);
};

/** Pauses between tries, in seconds, as Step Functions computes them without jitter. */
export const pauses = ({ IntervalSeconds, MaxAttempts, BackoffRate, MaxDelaySeconds }: Retry): readonly number[] =>
  Array.from({ length: MaxAttempts }, (_, index) =>
    Math.min(IntervalSeconds * BackoffRate ** index, MaxDelaySeconds ?? Number.POSITIVE_INFINITY),
  );

export const minutes = (retry: Retry): number => pauses(retry).reduce((sum, pause) => sum + pause, 0) / 60;

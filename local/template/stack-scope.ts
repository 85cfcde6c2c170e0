import { isRecord } from '../aws/actions.ts';
import { type Home, urlSuffix } from '../aws/home.ts';
import type { AssemblyStack } from './assembly.ts';
import { holds, NO_VALUE, type Scope } from './intrinsics.ts';
import { UnknownInTemplate } from './unknown-template.ts';

/** A resource after it was made: what `Ref` and `Fn::GetAtt` answer for it. */
export interface MadeResource {
  readonly ref: string;
  readonly attributes: Readonly<Record<string, unknown>>;
}

/** What stacks tell each other. */
export interface AssemblyOutputs {
  /** By export name. */
  readonly exports: Map<string, string>;
  /** By stack name, then output name. */
  readonly outputs: Map<string, Map<string, string>>;
}

/** The values of `AWS::...` in a stack; deterministic like everything else. */
const pseudoParameters = (home: Home, stack: string): ReadonlyMap<string, unknown> =>
  new Map<string, unknown>([
    ['AWS::AccountId', home.account],
    ['AWS::Region', home.region],
    ['AWS::Partition', home.partition],
    ['AWS::URLSuffix', urlSuffix(home)],
    ['AWS::StackName', stack],
    ['AWS::StackId', `arn:${home.partition}:cloudformation:${home.region}:${home.account}:stack/${stack}/local`],
    ['AWS::NotificationARNs', []],
    ['AWS::NoValue', NO_VALUE],
  ]);

/** The meaning of references within one stack, while its resources are made one after the other. */
export class StackScope implements Scope {
  readonly #stack: AssemblyStack;
  readonly #pseudo: ReadonlyMap<string, unknown>;
  readonly #across: AssemblyOutputs;
  readonly #parameters: Readonly<Record<string, string>>;
  readonly #made = new Map<string, MadeResource>();

  constructor(
    home: Home,
    stack: AssemblyStack,
    { across, parameters }: { readonly across: AssemblyOutputs; readonly parameters: Readonly<Record<string, string>> },
  ) {
    this.#stack = stack;
    this.#pseudo = pseudoParameters(home, stack.name);
    this.#across = across;
    this.#parameters = parameters;
  }

  add(logicalId: string, resource: MadeResource): void {
    this.#made.set(logicalId, resource);
  }

  ref(name: string, where: string): unknown {
    if (this.#pseudo.has(name)) return this.#pseudo.get(name);
    const parameter = this.#section('Parameters')[name];
    if (isRecord(parameter)) return this.#parameter(name, parameter, where);
    return this.#resource(name, where).ref;
  }

  getAtt(logicalId: string, attribute: string, where: string): unknown {
    const { attributes } = this.#resource(logicalId, where);
    if (Object.hasOwn(attributes, attribute)) return attributes[attribute];
    throw new UnknownInTemplate(where, `the local run does not know the attribute ${attribute} of ${logicalId}`);
  }

  condition(name: string, where: string): boolean {
    const condition = this.#section('Conditions')[name];
    if (condition === undefined) throw new UnknownInTemplate(where, `there is no condition ${name}`);
    return holds(condition, this, `${this.#stack.name}/Conditions/${name}`);
  }

  mapping(path: readonly string[], where: string): unknown {
    const found = path.reduce<unknown>((at, key) => (isRecord(at) ? at[key] : undefined), this.#section('Mappings'));
    if (found !== undefined) return found;
    throw new UnknownInTemplate(where, `there is no ${path.join('/')} in Mappings`);
  }

  importValue(name: string, where: string): unknown {
    const value = this.#across.exports.get(name);
    if (value !== undefined) return value;
    throw new UnknownInTemplate(where, `no stack exports ${name}`);
  }

  stackOutput(stackName: string, output: string, where: string): unknown {
    const value = this.#across.outputs.get(stackName)?.get(output);
    if (value !== undefined) return value;
    throw new UnknownInTemplate(where, `the stack ${stackName} has no output ${output}`);
  }

  #parameter(name: string, parameter: Readonly<Record<string, unknown>>, where: string): unknown {
    const value = this.#parameters[name] ?? parameter.Default;
    if (value === undefined) throw new UnknownInTemplate(where, `the parameter ${name} has no value`);
    const type = String(parameter.Type);
    // CDK's own parameter names an SSM parameter whose value no resource uses.
    if (type.startsWith('AWS::SSM::') && name !== 'BootstrapVersion' && this.#parameters[name] === undefined) {
      throw new UnknownInTemplate(where, `the parameter ${name} comes from SSM, which the local run does not have`);
    }
    return type === 'CommaDelimitedList' || type.startsWith('List<') ? String(value).split(',') : value;
  }

  #resource(logicalId: string, where: string): MadeResource {
    const resource = this.#made.get(logicalId);
    if (resource !== undefined) return resource;
    throw new UnknownInTemplate(where, `there is no resource or parameter ${logicalId}`);
  }

  #section(name: string): Readonly<Record<string, unknown>> {
    const section = this.#stack.template[name];
    return isRecord(section) ? section : {};
  }
}

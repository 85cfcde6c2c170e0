import { isRecord, optionalText } from '../aws/actions.ts';
import { arnAt } from '../aws/home.ts';
import { nameOf, onlyKnown, part, type ResourceHandler, type TemplateResource, whereIs } from './resource.ts';
import { UnknownInTemplate } from './unknown-template.ts';

/** A state machine of the template, with every reference in its definition resolved. */
export interface DeployedStateMachine {
  readonly name: string;
  readonly arn: string;
  readonly definition: unknown;
  readonly roleArn: string;
  readonly type: 'STANDARD' | 'EXPRESS';
}

/** Where state machines go: the simulated Step Functions. Throws for a definition that it does not know. */
export interface StateMachineDeployer {
  addStateMachine(machine: DeployedStateMachine): void | Promise<void>;
}

const HEEDED = [
  ...['StateMachineName', 'StateMachineType', 'DefinitionString', 'Definition', 'DefinitionSubstitutions', 'RoleArn'],
];
const IDLE = ['LoggingConfiguration', 'TracingConfiguration', 'EncryptionConfiguration', 'Tags'];

/** AWS::StepFunctions::StateMachine. Definitions in S3 are refused. */
export const stateMachine =
  (deployer: StateMachineDeployer): ResourceHandler =>
  async (resource) => {
    onlyKnown(resource, { heeded: HEEDED, idle: IDLE });
    const name = nameOf(resource, 'StateMachineName', 80);
    const arn = arnAt(resource.home, 'states', `stateMachine:${name}`);
    const type = optionalText(resource.properties, 'StateMachineType') ?? 'STANDARD';
    if (type !== 'STANDARD' && type !== 'EXPRESS') throw new UnknownInTemplate(whereIs(resource), `type ${type}`);
    const roleArn = optionalText(resource.properties, 'RoleArn') ?? '';
    await deployer.addStateMachine({ name, arn, definition: definitionOf(resource), roleArn, type });
    return { ref: arn, attributes: { Arn: arn, Name: name } };
  };

const definitionOf = (resource: TemplateResource): unknown => {
  const { Definition, DefinitionString } = resource.properties;
  const source = isRecord(Definition) ? JSON.stringify(Definition) : DefinitionString;
  if (typeof source !== 'string') throw new UnknownInTemplate(whereIs(resource), 'a definition is wanted');
  const substitutions = part(resource, 'DefinitionSubstitutions');
  const filled = source.replace(/\$\{([A-Za-z0-9_]+)\}/g, (whole, name: string) =>
    Object.hasOwn(substitutions, name) ? String(substitutions[name]) : whole,
  );
  try {
    return JSON.parse(filled);
  } catch (cause) {
    throw new UnknownInTemplate(whereIs(resource), 'the definition is not JSON', { cause });
  }
};

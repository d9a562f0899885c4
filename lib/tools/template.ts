import type { loadAwsServiceSpecSync } from '@aws-cdk/aws-service-spec';
import type { Resources } from './serverless.ts';

/** CloudFormation's description of its resources. */
type Specification = ReturnType<typeof loadAwsServiceSpecSync>;

const definition = (reference: string, specification: Specification) => specification.get('typeDefinition', reference);

type ResourceProperties = ReturnType<typeof definition>['properties'];
type PropertyType = ResourceProperties[string]['type'];

/** A CloudFormation template, as far as it is read here. */
export interface Template {
  readonly Resources: Resources & Readonly<Record<string, { readonly DependsOn?: string | readonly string[] }>>;
  readonly Parameters?: Readonly<Record<string, unknown>>;
  readonly Outputs?: Readonly<Record<string, unknown>>;
}

const PSEUDO_PARAMETERS = new Set(
  ['AccountId', 'NotificationARNs', 'NoValue', 'Partition', 'Region', 'StackId', 'StackName', 'URLSuffix'].map(
    (name) => `AWS::${name}`,
  ),
);

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** Whether the value is known only when the stack is deployed. */
const isIntrinsic = (value: unknown): boolean => {
  const [key, ...more] = isObject(value) ? Object.keys(value) : [];
  return key !== undefined && more.length === 0 && /^(Ref|Condition|Fn::\w+)$/.test(key);
};

const isStructure = ({ type }: PropertyType): boolean => type === 'array' || type === 'map' || type === 'ref';

/** What is wrong with a value of a property, by CloudFormation's own description of it. */
const valueFaults = (value: unknown, type: PropertyType, path: string, specification: Specification): string[] => {
  if (isIntrinsic(value)) return [];
  const all = (entries: [string, unknown][], element: PropertyType) =>
    entries.flatMap(([at, part]) => valueFaults(part, element, path + at, specification));
  switch (type.type) {
    case 'array':
      return Array.isArray(value)
        ? all(
            Array.from(value, (part, index) => [`[${index}]`, part]),
            type.element,
          )
        : [`${path}: expected a list`];
    case 'map':
      return isObject(value)
        ? all(
            Object.entries(value).map(([key, part]) => [`.${key}`, part]),
            type.element,
          )
        : [`${path}: expected an object`];
    case 'ref': {
      const { name, properties } = definition(type.reference.$ref, specification);
      return isObject(value) ? propertyFaults(value, properties, path, specification) : [`${path}: expected a ${name}`];
    }
    case 'union': {
      // "A list of such objects, or any JSON" is how the description says: a list of such objects.
      const structures = typeof value === 'object' ? type.types.filter(isStructure) : [];
      const allowed = structures.length > 0 ? structures : type.types;
      const attempts = allowed.map((each) => valueFaults(value, each, path, specification));
      return attempts.sort((a, b) => a.length - b.length)[0] ?? [];
    }
    case 'string':
    case 'integer':
    case 'number':
    case 'boolean':
      return scalarFaults(value, type, path);
    default:
      return [];
  }
};

const FORMS = { string: /^/, integer: /^-?\d+$/, number: /^-?\d+(\.\d+)?$/, boolean: /^(true|false)$/ } as const;

const scalarFaults = (value: unknown, type: PropertyType & { type: keyof typeof FORMS }, path: string): string[] => {
  if (typeof value === 'object' || !FORMS[type.type].test(String(value))) {
    return [`${path}: expected a ${type.type}, found ${JSON.stringify(value)}`];
  }
  const allowed: readonly unknown[] | undefined = 'allowedValues' in type ? type.allowedValues : undefined;
  return allowed && !allowed.includes(value) ? [`${path}: ${value} is none of ${allowed.join(', ')}`] : [];
};

const propertyFaults = (
  values: Readonly<Record<string, unknown>>,
  properties: ResourceProperties,
  path: string,
  specification: Specification,
): string[] => [
  ...Object.entries(values).flatMap(([name, value]) => {
    const property = properties[name];
    return property
      ? valueFaults(value, property.type, `${path}.${name}`, specification)
      : [`${path}.${name}: there is no such property`];
  }),
  ...Object.entries(properties)
    .filter(([name, { required }]) => required && !(name in values))
    .map(([name]) => `${path}.${name}: is required`),
];

/** The references in a value: logical ids, or `id.attribute`. */
const references = (value: unknown): string[] => {
  if (Array.isArray(value)) return value.flatMap(references);
  if (!isObject(value)) return [];
  const { Ref: ref, 'Fn::GetAtt': attribute, 'Fn::Sub': sub } = value;
  if (typeof ref === 'string') return [ref];
  if (attribute !== undefined) return [[attribute].flat().join('.')];
  if (sub === undefined) return Object.values(value).flatMap(references);
  const [text, variables = {}] = [sub].flat() as [string, Record<string, unknown>?];
  const named = Array.from(text.matchAll(/\$\{([^!}][^}]*)\}/g), ([, name = '']) => name);
  return [...named.filter((name) => !(name in variables)), ...references(Object.values(variables))];
};

const referenceFaults = (part: unknown, path: string, template: Template, specification: Specification): string[] =>
  references(part).flatMap((reference) => {
    if (PSEUDO_PARAMETERS.has(reference)) return [];
    const [id = '', ...rest] = reference.split('.');
    const resource = template.Resources[id];
    if (!resource) return id in (template.Parameters ?? {}) ? [] : [`${path}: refers to ${id}, which is not there`];
    const known = specification.lookup('resource', 'cloudFormationType', 'equals', resource.Type)[0]?.attributes ?? {};
    return rest.length === 0 || rest.join('.') in known ? [] : [`${path}: ${id} has no attribute ${rest.join('.')}`];
  });

/**
 * What CloudFormation would refuse in a template, found without asking it: unknown types and properties, missing and
 * misshapen ones, values outside their list, references to nothing.
 */
export const templateFaults = (template: Template, specification: Specification): string[] => [
  ...Object.entries(template.Resources).flatMap(([id, { Type, Properties = {}, DependsOn = [] }]) => {
    const [described] = specification.lookup('resource', 'cloudFormationType', 'equals', Type);
    if (!described) return [`${id}: there is no resource type ${Type}`];
    return [
      ...propertyFaults(Properties, described.properties, id, specification),
      ...referenceFaults(Properties, id, template, specification),
      ...[DependsOn].flat().flatMap((other) => (other in template.Resources ? [] : [`${id}: depends on ${other}`])),
    ];
  }),
  ...referenceFaults(template.Outputs ?? {}, 'Outputs', template, specification),
];

/** A deployed function, as its template describes it. */
export interface DeployedFunction {
  readonly name: string;
  /** Module of its bundle, such as `build/functions/http/health`. */
  readonly module: string;
  readonly timeout: number;
  readonly role: string;
  /** What its role allows, besides writing its own log. */
  readonly actions: readonly string[];
}

interface Statement {
  readonly Action: string | readonly string[];
}

/** The functions of a template. */
export const deployedFunctions = ({ Resources }: Template): DeployedFunction[] =>
  Object.values(Resources)
    .filter(({ Type }) => Type === 'AWS::Lambda::Function')
    .map(({ Properties = {} }) => {
      const { FunctionName, Handler, Timeout, Role } = Properties as Record<string, string> & {
        Role: { 'Fn::GetAtt': readonly [string, string] };
      };
      const role = Role['Fn::GetAtt'][0];
      const policies = Resources[role]?.Properties?.Policies as { PolicyDocument: { Statement: Statement[] } }[];
      const actions = policies.flatMap(({ PolicyDocument }) =>
        PolicyDocument.Statement.flatMap(({ Action }) => Action),
      );
      return {
        name: FunctionName?.split('-').at(-1) ?? '',
        module: Handler?.replace(/\.\w+$/, '') ?? '',
        timeout: Number(Timeout),
        role,
        actions: [...new Set(actions)].filter((action) => !action.startsWith('logs:')),
      };
    });

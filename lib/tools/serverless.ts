/** The parts of the framework (osls) that our plugins touch; it publishes no types for plugins. */

export interface FunctionEvent {
  readonly sqs?: { readonly arn: unknown; readonly batchSize?: number };
  readonly httpApi?: unknown;
  readonly schedule?: unknown;
}

/** A function of serverless.yml, as the framework has read it. Plugins may change handler, package and role name. */
export interface FunctionDefinition {
  readonly name: string;
  handler: string;
  package?: { patterns: string[] };
  iamRoleStatementsName?: string;
  readonly events?: readonly FunctionEvent[];
}

/** A CloudFormation resource. */
export interface Resource {
  readonly Type: string;
  readonly Properties?: Readonly<Record<string, unknown>>;
}

export type Resources = Readonly<Record<string, Resource>>;

/** The framework, as a plugin's constructor receives it. */
export interface Serverless {
  readonly processedInput: { readonly commands: readonly string[] };
  readonly service: {
    readonly provider: {
      readonly region: string;
      environment?: Record<string, unknown>;
      readonly compiledCloudFormationTemplate?: { readonly Resources: Record<string, Resource> };
    };
    readonly functions: Readonly<Record<string, FunctionDefinition>>;
    readonly resources?: { readonly Resources?: Resources };
  };
}

/** The command line of the run; plugins may add to it. */
export type Options = Record<string, unknown>;

/** What the framework gives a plugin to write with. */
export interface Writers {
  readonly log: { notice(text: string): void; error(text: string): void };
}

/** What a plugin hooks into, by the framework's event names. */
export type Hooks = Readonly<Record<string, () => void | Promise<void>>>;

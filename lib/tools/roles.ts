import type { Hooks, Resource, Serverless } from './serverless.ts';

const SHARED_ROLE = 'IamRoleLambdaExecution';

/**
 * Framework plugin: completes what serverless-iam-roles-per-function does. The shared role that nobody uses any more
 * goes, with all its rights. CloudFormation names the roles: the names that plugin makes are too long for a role when
 * stage and region have long names.
 */
export default class Roles {
  readonly hooks: Hooks = {
    'before:package:createDeploymentArtifacts': () => this.#nameShortly(),
    'before:package:finalize': () => this.#complete(),
  };
  readonly #serverless: Serverless;

  constructor(serverless: Serverless) {
    this.#serverless = serverless;
  }

  #nameShortly(): void {
    for (const [id, definition] of Object.entries(this.#serverless.service.functions)) {
      definition.iamRoleStatementsName = id;
    }
  }

  #complete(): void {
    const resources = this.#serverless.service.provider.compiledCloudFormationTemplate?.Resources ?? {};
    delete resources[SHARED_ROLE];
    for (const [id, resource] of Object.entries(resources)) {
      if (resource.Type === 'AWS::IAM::Role') resources[id] = unnamed(resource);
    }
  }
}

const unnamed = (resource: Resource): Resource => {
  const { RoleName: _, ...Properties } = resource.Properties ?? {};
  return { ...resource, Properties };
};

import { perform, type Request } from './actions.ts';
import type { Home } from './home.ts';
import type { AwsService } from './service.ts';

/** STS (query protocol): tells every caller that it is a user named `local`. */
export class Sts implements AwsService {
  readonly #home: Home;

  constructor(home: Home) {
    this.#home = home;
  }

  handle(action: string, input: Request): Promise<unknown> {
    const { account, partition } = this.#home;
    const actions = {
      GetCallerIdentity: {
        fields: [],
        run: () => ({ Arn: `arn:${partition}:iam::${account}:user/local`, UserId: 'LOCAL', Account: account }),
      },
    };
    return perform('sts', actions, action, input);
  }
}

import { perform, type Request } from './actions.ts';
import type { Home } from './home.ts';
import { localUser } from './local-user.ts';
import type { AwsService } from './service.ts';

/** STS (query protocol): tells every caller that it is a user named `local`. */
export class Sts implements AwsService {
  readonly #home: Home;

  constructor(home: Home) {
    this.#home = home;
  }

  handle(action: string, input: Request): Promise<unknown> {
    const { arn, userId, account } = localUser(this.#home);
    const actions = {
      GetCallerIdentity: {
        fields: [],
        run: () => ({ Arn: arn, UserId: userId, Account: account }),
      },
    };
    return perform('sts', actions, action, input);
  }
}

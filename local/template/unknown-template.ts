/** Something in a template that the local run does not know, or that is wrong. The message begins with where it stands. */
export class UnknownInTemplate extends Error {
  override readonly name = 'UnknownInTemplate';

  constructor(where: string, message: string, options?: ErrorOptions) {
    super(`${where}: ${message}`, options);
  }
}

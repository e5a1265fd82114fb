/** Where an application has it. */
export const PACKAGE = 'node_modules/nest-authority';
const GUIDE = `${PACKAGE}/docs/guides/getting-started.md`;

/** An application that this cannot extend: what is in the way, and what to do. */
export class Refusal extends Error {
  constructor(reason: string, remedy: string) {
    super(`${reason} Nothing was changed. ${remedy}`);
  }

  /** What has to be written is not for a program to guess. */
  static byHand(reason: string): Refusal {
    return new Refusal(
      reason,
      'Add by hand: TypeOrmModule.forRoot(authDataSource({ url })) and AuthModule.forRoot({ issuer, secret }) to the imports of ' +
        `your root module, as ${GUIDE} shows.`,
    );
  }
}

/** An agent that acts for a user by a credential of its own, without being a client that they have granted something. */
export interface ActingAgent {
  /** As `act` of its calls names it. */
  readonly agentId: string;
  /** Chosen by whoever made the credential. */
  readonly name: string;
  /** Id of the credential. */
  readonly credentialId: string;
  readonly scopes: readonly string[];
  readonly createdAt: Date;
  readonly lastUsedAt: Date | null;
  /** Null: it does not expire. */
  readonly expiresAt: Date | null;
  /** The page where the user ends it, relative to the prefix, and its query. */
  readonly page: { readonly path: string; readonly query: Readonly<Record<string, string>> };
}

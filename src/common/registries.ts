/** Injection tokens of the kernel's registries. Capabilities add themselves in their constructors. */
export const CAPABILITIES = Symbol('nest-authority:capabilities');
export const BEARER_READERS = Symbol('nest-authority:bearer-readers');
export const SUBJECT_HOLDINGS = Symbol('nest-authority:subject-holdings');
export const SIGN_IN_CONTRIBUTORS = Symbol('nest-authority:sign-in-contributors');
export const SIGN_IN_METHODS = Symbol('nest-authority:sign-in-methods');
export const SESSION_CONTRIBUTORS = Symbol('nest-authority:session-contributors');
/** Grants of the token endpoint. */
export const GRANTS = Symbol('nest-authority:grants');
/** What capabilities add to the authorization server's metadata. */
export const METADATA_CONTRIBUTORS = Symbol('nest-authority:metadata-contributors');
/** What ends in the transaction that ends sessions. */
export const SESSION_HOLDINGS = Symbol('nest-authority:session-holdings');
/** What goes on after a sign-in: an authorization request that waited for it. */
export const SIGN_IN_CONTINUATIONS = Symbol('nest-authority:sign-in-continuations');
/** Links and words that capabilities put on the sign-in page. */
export const SIGN_IN_PAGE_PARTS = Symbol('nest-authority:sign-in-page-parts');

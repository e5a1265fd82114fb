/** Injection tokens of the kernel's registries. Capabilities add themselves in their constructors. */
export const CAPABILITIES = Symbol('nest-authority:capabilities');
export const BEARER_READERS = Symbol('nest-authority:bearer-readers');
export const SUBJECT_HOLDINGS = Symbol('nest-authority:subject-holdings');
export const SIGN_IN_CONTRIBUTORS = Symbol('nest-authority:sign-in-contributors');
export const SIGN_IN_METHODS = Symbol('nest-authority:sign-in-methods');
export const SESSION_CONTRIBUTORS = Symbol('nest-authority:session-contributors');

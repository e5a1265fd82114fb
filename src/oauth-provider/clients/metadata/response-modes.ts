/**
 * How an authorization response goes back: in the query of the redirect address, or in a form that the browser posts there; with `.jwt` as
 * one signed JWT (JARM 2.3).
 */
export const RESPONSE_MODES = ['query', 'form_post', 'query.jwt', 'form_post.jwt'] as const;
export type ResponseMode = (typeof RESPONSE_MODES)[number];

export const SIGNED_RESPONSE_MODES: readonly ResponseMode[] = RESPONSE_MODES.filter(isSignedMode);

/** By the names in requests and metadata. JARM 2.3.4: `jwt` is the signed form of what the response type has by default. */
const BY_NAME: ReadonlyMap<string, ResponseMode> = new Map<string, ResponseMode>([
  ...RESPONSE_MODES.map((mode) => [mode, mode] as const),
  ['jwt', 'query.jwt'],
]);

/** The names of some modes, with `jwt` where it names one of them. */
export function namesOfModes(modes: readonly ResponseMode[]): string[] {
  return [...BY_NAME].flatMap(([name, mode]) => (modes.includes(mode) ? [name] : []));
}

/** Null: there is no such mode here. Never one that gives the response to a script of another page (RFC 9700 4.17). */
export function modeNamed(name: string): ResponseMode | null {
  return BY_NAME.get(name) ?? null;
}

export function isSignedMode(mode: ResponseMode): boolean {
  return mode.endsWith('.jwt');
}

export function isFormPost(mode: ResponseMode): boolean {
  return mode.startsWith('form_post');
}

import { given } from '../common/options/option.js';
import { requireBlock } from '../common/options/option-kinds.js';
import { readOptions, type OptionsOf } from '../common/options/read-options.js';
import { requireHostText, type HostText } from '../common/texts/host-text.js';

/** A schema of any library that keeps to Standard Schema 1, as those of zod do. */
export interface StandardSchema {
  readonly '~standard': {
    readonly version: 1;
    readonly vendor: string;
    validate(value: unknown): unknown;
  };
}

/** A type of `authorization_details` (RFC 9396 2.1). */
export interface AuthorizationDetailTypeOptions {
  /**
   * What its objects look like, besides `type`. What the schema would drop, add or change is refused, so that nothing is granted that it does not know.
   */
  readonly schema: StandardSchema;
  /** What it lets a client do, in the words of your users. The page of consent shows the members below it. */
  readonly title: HostText;
}

export const AUTHORIZATION_DETAIL_TYPE_OPTIONS = {
  schema: given<StandardSchema>('block'),
  title: given<HostText>(['text', 'block']),
} satisfies OptionsOf<AuthorizationDetailTypeOptions>;

export interface AuthorizationDetailType {
  readonly schema: StandardSchema;
  readonly title: HostText;
}
export type AuthorizationDetailTypes = ReadonlyMap<string, AuthorizationDetailType>;

/** In lists of metadata and in logs: no spaces or quotes. */
const TYPE = /^[\x21\x23-\x5B\x5D-\x7E]{1,128}$/;

/** @throws Error with option and remedy; stops the boot */
export function resolveDetailTypes(
  types: Readonly<Record<string, AuthorizationDetailTypeOptions>>,
): AuthorizationDetailTypes {
  return new Map(
    Object.entries(types).map(([type, options]) => {
      const option = `oauthProvider.authorizationDetails['${type}']`;
      if (!TYPE.test(type)) throw new Error(`${option}: it is not a type. Give 1 to 128 visible characters.`);
      requireBlock(option, options ?? null);
      const { schema, title } = readOptions(option, options, AUTHORIZATION_DETAIL_TYPE_OPTIONS);
      if (typeof schema?.['~standard']?.validate !== 'function')
        throw new Error(`${option}.schema: it is no Standard Schema. Give one such as z.strictObject({ … }) of zod.`);
      if (title === null) throw new Error(`${option}.title: it is missing. Say what it lets a client do.`);
      return [type, Object.freeze({ schema, title: requireHostText(`${option}.title`, title) })];
    }),
  );
}

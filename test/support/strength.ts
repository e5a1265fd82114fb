import type { TestApp } from './app.js';

export const PWD = 'urn:nest-authority:acr:pwd';
export const MFA = 'urn:nest-authority:acr:mfa';
export const PHR = 'urn:nest-authority:acr:phr';

/** As somebody would be who signed in by these methods, so long ago. The application must not cache (`cacheTtl: 0`). */
export async function signedInBy(
  host: Pick<TestApp, 'sql'>,
  subjectId: string,
  { amr, secondsAgo = 0 }: { readonly amr?: readonly string[]; readonly secondsAgo?: number },
): Promise<void> {
  await host.sql(
    `UPDATE auth_session SET amr = COALESCE($2, amr), authenticated_at = now() - $3::int * interval '1 second' WHERE subject = $1`,
    [subjectId, amr ?? null, secondsAgo],
  );
}

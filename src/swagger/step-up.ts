import type { AuthPolicy } from '../common/http/routes/auth-policy.js';

/** Which sign-in a route asks for (RFC 9470 3); null: any. */
export function stepUpText({ stepUp }: AuthPolicy): string | null {
  const needs = stepUp.flatMap(({ acr, maxAgeSeconds }) => [
    ...(acr === null ? [] : [`a sign-in of the strength ${acr.join(' or ')}`]),
    ...(maxAgeSeconds === null ? [] : [`a sign-in in the last ${maxAgeSeconds} seconds`]),
  ]);
  if (needs.length === 0) return null;
  return `needs ${needs.join(' and ')}, which \`WWW-Authenticate\` says by \`acr_values\` and \`max_age\` (RFC 9470 3)`;
}

/** The challenge of a route that asks for a certain sign-in, as an example of its header; nothing for other routes. */
export function stepUpExample({ stepUp }: AuthPolicy): { example?: string } {
  const acr = stepUp.find((need) => need.acr !== null)?.acr?.join(' ');
  const ages = stepUp.flatMap(({ maxAgeSeconds }) => maxAgeSeconds ?? []);
  const asked = [
    ...(acr === undefined ? [] : [`acr_values="${acr}"`]),
    ...(ages.length === 0 ? [] : [`max_age="${Math.min(...ages)}"`]),
  ];
  return asked.length === 0 ? {} : { example: `Bearer error="insufficient_user_authentication", ${asked.join(', ')}` };
}

import { send } from './http.js';

/** An address that we publish to a client, on a page or in a document. */
export interface Announced {
  readonly told: string;
  readonly address: string;
  readonly body?: URLSearchParams;
}

const POSTED = [
  'token',
  'introspection',
  'revocation',
  'registration',
  'device_authorization',
  'pushed_authorization_request',
];

/** The addresses in the discovery document, the device flow and the pages. @param base where our GET routes are */
export async function announced(url: string, base: string, document: Record<string, unknown>): Promise<Announced[]> {
  const found: Announced[] = Object.entries(document).flatMap(([told, address]) => {
    if (!told.endsWith('_endpoint') && !told.endsWith('_uri')) return [];
    const isPosted = POSTED.some((name) => told === `${name}_endpoint`);
    return [{ told, address: String(address), ...(isPosted && { body: new URLSearchParams({ x: 'y' }) }) }];
  });
  expect(found.length).toBeGreaterThanOrEqual(8);
  const account = await send(`${url}${base}/account`);
  expect([base, account.status]).toEqual([base, 303]);
  const signIn = new URL(account.headers.get('location')!, url).href;
  const page = await send(signIn);
  const links = [...page.text.matchAll(/ (href|action)="([^"#]+)"/g)].map(([, kind, link]) => ({
    told: `${kind} ${link}`,
    // As a browser does: the links to other languages are relative to the page.
    address: new URL(link!.replaceAll('&amp;', '&'), signIn).href,
    ...(kind === 'action' && { body: new URLSearchParams({ x: 'y' }) }),
  }));
  expect(links.length).toBeGreaterThan(0);
  return [...found, { told: 'sign-in page', address: signIn }, ...links];
}

/** Requests each of them: whatever it answers, a route of ours must be there. */
export async function expectAnswers(addresses: readonly Announced[]): Promise<void> {
  for (const { told, address, body } of addresses) {
    const answer = await send(address, body ? { body } : {});
    expect([told, address, answer.status === 404]).toEqual([told, address, false]);
  }
}

import type { SignedIn } from './sign-in.js';

const STYLE =
  ':root{color-scheme:light dark}body{font:16px/1.5 system-ui,sans-serif;max-width:44rem;margin:3rem auto;padding:0 1rem}pre{overflow:auto;padding:1rem;border:1px solid #8884;border-radius:.5rem}a.button{display:inline-block;padding:.6rem 1.2rem;border-radius:.5rem;background:#1d4ed8;color:#fff;text-decoration:none}';

const BACK = '<p><a href="/">Back</a></p>';

export function homePage(user: SignedIn | null, issuer: string): string {
  if (!user)
    return documentOf(
      'Web client',
      `<p>An application of somebody else. It knows nobody yet.</p>
       <p><a class="button" id="sign-in-with" href="/sign-in">Sign in with ${escaped(issuer)}</a></p>`,
    );
  return documentOf(
    'Web client',
    `<p id="who">Signed in as ${escaped(String(user.claims['email'] ?? user.claims['sub']))}.</p>
     <p><a class="button" id="sign-out-from" href="/sign-out">Sign out</a></p>
     <h2>What userinfo says</h2>${json(user.claims)}
     <h2>What the API says of the access token</h2>${json(user.principal)}
     <h2>Routes of the API that want more</h2>
     <p><a class="button" id="recent" href="/recent">Call what wants a sign-in of the last five minutes</a></p>
     <p><a class="button" id="two-step" href="/two-step">Call what wants a second step, or a passkey</a></p>`,
  );
}

/** @param why the route was content */
export function reachedPage(why: string): string {
  return documentOf('Web client', `<p id="reached">The API has answered: ${escaped(why)}.</p>${BACK}`);
}

/** The user has nothing to show that is as strong as what the API wants. */
export function tooWeakPage(issuer: string): string {
  const account = `${issuer}/api/auth/account`;
  return documentOf(
    'Web client',
    `<p id="error">The API wants a second step at sign-in, and you have none yet.</p>
     <p>Set up <a id="set-up" href="${escaped(`${account}/two-factor`)}">two-step sign-in</a> or
     <a href="${escaped(`${account}/passkeys`)}">a passkey</a>, and call it again.</p>${BACK}`,
  );
}

export function errorPage(message: string): string {
  return documentOf('Web client', `<p id="error">${escaped(message)}</p>${BACK}`);
}

function documentOf(title: string, body: string): string {
  return `<!doctype html><html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>${title}</title><style>${STYLE}</style></head><body><h1>${title}</h1>${body}</body></html>`;
}

function json(value: unknown): string {
  return `<pre>${escaped(JSON.stringify(value, null, 2))}</pre>`;
}

function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('"', '&quot;');
}

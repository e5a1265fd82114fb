const { InMemoryWebStorage, UserManager, WebStorageStateStore } = window.oidc;

const origin = window.location.origin;
const manager = new UserManager({
  authority: origin,
  client_id: 'spa',
  redirect_uri: `${origin}/`,
  post_logout_redirect_uri: `${origin}/`,
  scope: 'openid profile offline_access reports:read',
  loadUserInfo: true, // the name is there; the ID token has no more than was asked of it
  // Tokens live as long as the page; a reload signs in again, without a question while the session at the server lasts.
  userStore: new WebStorageStateStore({ store: new InMemoryWebStorage() }),
});
const element = (id) => document.getElementById(id);
const say = (text) => (element('answer').textContent = text);

element('sign-in').onclick = () => manager.signinRedirect();
element('sign-out').onclick = () => manager.signoutRedirect();
element('refresh').onclick = attempt(async () => {
  const before = (await manager.getUser()).access_token;
  const user = await manager.signinSilent(); // by the refresh token, which is replaced too
  say(user.access_token === before ? 'The same token' : 'A new token');
});
element('call').onclick = attempt(async () => {
  const { access_token: token } = await manager.getUser();
  const response = await fetch('/reports', { headers: { authorization: `Bearer ${token}` } });
  say(`${response.status} ${await response.text()}`);
});

await attempt(start)();

async function start() {
  if (new URLSearchParams(window.location.search).has('state')) await comeBack();
  const user = await manager.getUser();
  element('state').textContent = user ? `Signed in as ${user.profile.name}` : 'Signed out';
  for (const id of ['call', 'refresh', 'sign-out']) element(id).hidden = !user;
  element('sign-in').hidden = Boolean(user);
}

/** From the sign-in with a code, from the sign-out without one. The address is cleaned, so that a reload does not send the code again. */
async function comeBack() {
  const isSignIn = new URLSearchParams(window.location.search).has('code');
  const done = isSignIn ? manager.signinCallback() : manager.signoutCallback();
  await done.finally(() => window.history.replaceState(null, '', '/'));
}

function attempt(action) {
  return () => action().catch((error) => say(error.message));
}

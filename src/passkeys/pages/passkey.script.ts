import { PageScript } from '../../common/html-script.js';

/**
 * The one script of the pages with passkeys, which only a script can use. It finds the form with `data-passkey` (`create` or `get`), asks
 * for options at `data-options`, has the browser ask its user, and sends the form with what comes of it: all else is a form like any other.
 * `#passkey-ready` is shown where the browser can do it, and `#passkey-failed` when it has failed.
 */
const CODE = `
(() => {
  const form = document.querySelector('form[data-passkey]');
  if (!form || !window.PublicKeyCredential || !navigator.credentials) return;
  const field = form.elements.namedItem('response');
  const failed = document.getElementById('passkey-failed');
  let waiting = null;

  const toBytes = (text) =>
    Uint8Array.from(atob(text.replaceAll('-', '+').replaceAll('_', '/')), (letter) => letter.charCodeAt(0));
  const toText = (bytes) => {
    let text = '';
    for (const byte of new Uint8Array(bytes)) text += String.fromCharCode(byte);
    return btoa(text).replaceAll('+', '-').replaceAll('/', '_').replaceAll('=', '');
  };
  const withBytes = (list) => list && list.map((one) => ({ ...one, id: toBytes(one.id) }));

  const options = async () => {
    const answer = await fetch(form.dataset.options, { headers: { accept: 'application/json' } });
    if (!answer.ok) throw new Error(String(answer.status));
    const { challenge, user, allowCredentials, excludeCredentials, ...rest } = await answer.json();
    return {
      ...rest,
      challenge: toBytes(challenge),
      ...(user && { user: { ...user, id: toBytes(user.id) } }),
      ...(allowCredentials && { allowCredentials: withBytes(allowCredentials) }),
      ...(excludeCredentials && { excludeCredentials: withBytes(excludeCredentials) }),
    };
  };

  const send = ({ id, rawId, type, response }) => {
    const members = ['clientDataJSON', 'attestationObject', 'authenticatorData', 'signature', 'userHandle'];
    const texts = members.filter((name) => response[name]).map((name) => [name, toText(response[name])]);
    const transports = response.getTransports ? { transports: response.getTransports() } : {};
    const answer = { id, rawId: toText(rawId), type, response: { ...Object.fromEntries(texts), ...transports } };
    field.value = JSON.stringify(answer);
    form.submit();
  };

  const ask = async (further) => {
    waiting?.abort();
    waiting = new AbortController();
    const { signal } = waiting;
    const publicKey = await options();
    send(await navigator.credentials[form.dataset.passkey]({ publicKey, signal, ...further }));
  };

  form.addEventListener('submit', (event) => {
    event.preventDefault();
    failed.hidden = true;
    ask({}).catch(() => {
      failed.hidden = false;
    });
  });
  document.getElementById('passkey-ready').hidden = false;

  if ('background' in form.dataset)
    Promise.resolve(PublicKeyCredential.isConditionalMediationAvailable?.())
      .then((isThere) => isThere && ask({ mediation: 'conditional' }))
      .catch(() => undefined);
})();
`;

export const PASSKEY_SCRIPT = new PageScript(CODE, { asksServer: true });

import { onwardAfterForm } from './onward.js';

const NAVIGATION = { 'sec-fetch-mode': 'navigate' };

describe('onward after a form', () => {
  it.each(['/api/auth/account', 'https://client.example/cb?code=a&state=b', 'http://127.0.0.1:9000/cb'])(
    '200 a browser goes on to %s by a navigation of its own, which no form-action holds up',
    (url) => {
      const reply = onwardAfterForm(url, NAVIGATION);
      expect([reply.status, reply.headers['Referrer-Policy']]).toEqual([200, 'no-referrer']);
      expect(reply.body).toMatchObject({ continueTo: url });
    },
  );

  it.each([
    ['a program', 'https://client.example/cb', {}],
    ['a script', 'https://client.example/cb', { 'sec-fetch-mode': 'cors' }],
    ["an app's own scheme", 'com.example.app:/cb', NAVIGATION],
  ])('T068 303 for %s', (_who, url, headers) => {
    const reply = onwardAfterForm(url, headers);
    expect([reply.status, reply.headers['Location'], reply.body]).toEqual([303, url, '']);
  });
});

import { faultOf } from './mail-fault.js';
import type { MailMessage } from './mail.js';

const TOKEN = 'k3'.repeat(21) + 'x';
const URL = `https://id.example/api/auth/reset-password/${TOKEN}?callbackURL=`;
const withLink = { content: { url: URL } } as unknown as MailMessage;
const withCode = { content: { code: '123456' } } as unknown as MailMessage;

describe('why a message was not sent', () => {
  it.each([
    ['a link', `554 refused: ${URL}`, withLink, '554 refused: …'],
    ['its token', `554 refused: /${TOKEN}/`, withLink, '554 refused: /…/'],
    ['its token, broken as in mail', `554 ${TOKEN.slice(0, 20)}=\r\n${TOKEN.slice(20)}`, withLink, '554 …'],
    ['a code', 'refused: your code is 123456.', withCode, 'refused: your code is ….'],
  ])('never has %s', (_what, message, about, told) => {
    expect(faultOf(new Error(message), about)).toBe(told);
  });

  it('is one line that a table and a log can have', () => {
    expect(faultOf(new Error(`a\r\n2026 forged line\u0000 ${'-'.repeat(300)}`), null)).toMatch(
      /^a 2026 forged line {2}-{170,}$/,
    );
  });

  it.each([
    ['refused', 'refused'],
    [undefined, 'no reason given'],
    [Object.create(null), 'no reason given'],
    [{ message: { nested: 1 } }, '[object Object]'],
  ])('says what it can of %j', (thrown, told) => {
    expect(faultOf(thrown, null)).toBe(told);
  });
});

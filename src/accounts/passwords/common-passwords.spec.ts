import { isCommonPassword } from './common-passwords.js';

it.each(['password', '12345678', 'qwertyuiop', 'trustno1', 'iloveyou'])('%s is common', (password) => {
  expect(isCommonPassword(password)).toBe(true);
});

it.each(['correct horse battery staple', 'demo-password', 'xkqjvbzt'])('%s is not', (password) => {
  expect(isCommonPassword(password)).toBe(false);
});

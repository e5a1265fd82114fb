import { jest } from '@jest/globals';
import { WakeTimer } from './wake-timer.js';

it('a time that is further away than Node can count does not fire at once', async () => {
  const wake = jest.fn();
  const timer = new WakeTimer(wake);
  timer.notLaterThan(performance.now() + 30 * 86_400_000);
  await new Promise((resolve) => setTimeout(resolve, 20));
  expect(wake).not.toHaveBeenCalled();
  timer.notLaterThan(performance.now());
  await new Promise((resolve) => setTimeout(resolve, 20));
  expect(wake).toHaveBeenCalledTimes(1);
});

export { PasskeysModule } from './passkeys.module.js';
export type { PasskeysOptions } from './passkeys.options.js';

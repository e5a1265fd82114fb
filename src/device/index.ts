export { DeviceModule } from './device.module.js';
export type { DeviceOptions } from './device.options.js';

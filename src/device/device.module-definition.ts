import { defineCapability } from '../common/capability.js';
import type { DeviceOptions } from './device.options.js';

export const { ConfigurableModuleClass, MODULE_OPTIONS_TOKEN: DEVICE_OPTIONS } =
  defineCapability<DeviceOptions>('Device');

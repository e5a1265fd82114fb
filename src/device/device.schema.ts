import { AuthDeviceAuthorization } from './authorizations/device-authorization.entity.js';
import { Device1700000001000 } from './migrations/1700000001000-device.js';
import { DeviceGrowth1700000001010 } from './migrations/1700000001010-device-growth.js';
import { DeviceRoles1700000001020 } from './migrations/1700000001020-device-roles.js';
import { DeviceDetails1700000001030 } from './migrations/1700000001030-device-details.js';

/** The tables of this capability. */
export const DEVICE_TABLES = {
  entities: [AuthDeviceAuthorization],
  migrations: [Device1700000001000, DeviceGrowth1700000001010, DeviceRoles1700000001020, DeviceDetails1700000001030],
};

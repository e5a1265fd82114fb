export { SecondFactorsService } from './management/second-factors.service.js';
export { TwoFactorModule } from './two-factor.module.js';
export type { TwoFactorOptions } from './two-factor.options.js';

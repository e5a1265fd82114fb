/** Pages of users in the administration. */
export const USERS_PATH = '/administration';
export const END_ALL = '/administration/users/end-all';
export const BAN = '/administration/users/ban';
export const UNBAN = '/administration/users/unban';

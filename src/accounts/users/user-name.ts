import { isDisplayName } from '../../common/display-name.js';

export const UNSEEN = 'A name has no characters that nobody sees';

/** Whether a user may have this name. An empty one passes: whether a name is needed is for the form to decide. */
export function isShowable(name: string): boolean {
  return name === '' || isDisplayName(name);
}

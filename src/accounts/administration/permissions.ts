/** What better-auth's role `admin` may do, which whoever administers users here may. */
const OF_ADMINISTRATORS: Readonly<Record<string, readonly string[]>> = {
  user: ['create', 'list', 'set-role', 'ban', 'impersonate', 'delete', 'set-password', 'set-email', 'get', 'update'],
  session: ['list', 'revoke', 'delete'],
};

/** Whether an administrator may do all of it. Nothing asked for is nothing allowed, as in better-auth. */
export function administratorsMay(permissions: Readonly<Record<string, readonly string[]>>): boolean {
  const asked = Object.entries(permissions);
  return (
    asked.length > 0 &&
    asked.every(([resource, actions]) => {
      const known = Object.hasOwn(OF_ADMINISTRATORS, resource) ? OF_ADMINISTRATORS[resource]! : [];
      return known.length > 0 && actions.every((action) => known.includes(action));
    })
  );
}

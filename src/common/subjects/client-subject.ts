/**
 * The id of a client's row among the subjects. With this row a client ends as a user does, and tokens issued at that moment end too. The
 * capability that stores clients creates it together with the client.
 */
export function clientSubject(clientId: string): string {
  return `client:${clientId}`;
}

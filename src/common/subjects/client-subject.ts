/**
 * The name under which a client is kept among the subjects: clients end as users do, and what they are given in flight is found by who
 * ends them. Their capability makes the row with the client.
 */
export function clientSubject(clientId: string): string {
  return `client:${clientId}`;
}

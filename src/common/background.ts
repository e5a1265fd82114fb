/**
 * Whether this process does what a server does in the background: listens for revocations, sweeps, makes signing keys that are due, delivers
 * logouts. Provided as false by the command line, which does what it is told and ends; where nobody provides it, it is true.
 */
export const BACKGROUND_WORK = Symbol('nest-authority:background-work');

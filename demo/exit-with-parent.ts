const SHUTDOWN_DEADLINE_MS = 10_000;

/**
 * Shuts this process down when the supervisor has ended, even by a kill: the kernel then closes the channel between the two. Does nothing
 * in a process that was started without such a channel. The channel alone does not keep the process alive.
 */
export function exitWithParent(shutdown: () => Promise<void>): void {
  if (process.connected === undefined) return;
  const leave = () => {
    setTimeout(() => process.exit(1), SHUTDOWN_DEADLINE_MS).unref();
    shutdown().then(
      () => process.exit(0),
      () => process.exit(1),
    );
  };
  // Already false when the supervisor died while our modules were loading.
  if (!process.connected) return leave();
  process.once('disconnect', leave);
  process.channel?.unref();
}

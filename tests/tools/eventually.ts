/** Tries again until it no longer throws; the last complaint is the failure. */
export async function eventually<T>(look: () => Promise<T> | T, withinMs = 10_000): Promise<T> {
  const deadline = performance.now() + withinMs;
  for (;;) {
    try {
      return await look();
    } catch (complaint) {
      if (performance.now() > deadline) throw complaint;
    }
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

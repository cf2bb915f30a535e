/**
 * Calls `gone` once when `parent`, the process that started this one, has ended. npm runs a script through a shell and, when it is
 * told to end, passes that on to the shell alone, which dies without telling anybody: the server would live on unseen.
 * A process whose parent ends gets another one (`process.ppid` changes); nothing is sent to it, so it is looked at.
 */
export function watchParent(parent: number, gone: () => void, everyMs = 500): void {
  const timer = setInterval(() => {
    if (process.ppid === parent) return;
    clearInterval(timer);
    gone();
  }, everyMs);
  timer.unref();
}
